import type { SocketConfig } from '@whiskeysockets/baileys';
import type { Now } from '../../clock.ts';
import type { Jid } from '../../core/message.ts';
import type { Logger } from '../../logger.ts';
import { type ConnectionEnd, keepConnected } from './connection.ts';
import { ownJidsOf, readOwnIdentity } from './identity.ts';
import type { InboundJournal } from './inbound-pump.ts';
import { parsePhoneNumber } from './phone-number.ts';
import type { Backoff } from './reconnect-policy.ts';
import {
  type ChannelAuth,
  DESKTOP_BROWSER,
  type OpenSocket,
  openSocket,
  type SocketClose,
  type SocketOptions,
} from './socket.ts';

/** `onQr` comes again whenever WhatsApp replaces the code; `onCode` once per connection. */
export type LinkMethod =
  | { kind: 'qr'; onQr: (text: string) => void }
  | { kind: 'code'; phoneNumber: string; onCode: (code: string) => void };

export type LinkOutcome =
  | { status: 'linked'; ownJids: readonly Jid[] }
  | { status: 'already-linked'; ownJids: readonly Jid[] }
  /** Nobody scanned or typed the code in the time WhatsApp allows (about 160 s). */
  | { status: 'expired' }
  | { status: 'bad-number'; reason: string }
  /** WhatsApp cannot be reached. */
  | { status: 'unreachable'; reason: string }
  | { status: 'refused'; reason: string; mend: string }
  | { status: 'aborted' };

export interface LinkDeps {
  readonly auth: ChannelAuth;
  /** What comes in while linking is kept here for the first start. */
  readonly journal: Pick<InboundJournal, 'recordStanza'>;
  readonly makeSignalRepository: SocketConfig['makeSignalRepository'];
  readonly now: Now;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly logger: Logger;
  readonly options: SocketOptions & { readonly backoff?: Backoff };
  /**
   * Forgets the identity and gives a new one. Asked only when the phone has ended the old link, and a person
   * wants a new one. Without it such a link is refused.
   */
  readonly renewAuth?: () => ChannelAuth;
}

/** WhatsApp checks this name when a pairing code is asked for, and takes only systems and browsers it knows. */
const PAIRING_CODE_BROWSER: [string, string, string] = ['Mac OS', 'Chrome', '14.4.1'];

const MAX_FAILURES = 5;

/** Baileys gives the first sync 20 s once the backlog is in; this is for a connection that stalls before. */
const FIRST_SYNC_MS = 60_000;

/** The phone has ended the link. */
const LOGGED_OUT = 401;

/** WhatsApp asks for a new connection, as it does after pairing. */
const RESTART_REQUIRED = 515;

/**
 * Links this host to a phone and stays until the first sync is over. A link that is there is tried first, and
 * made anew only if the phone has ended it. Rejects only on a bug.
 */
export async function linkDevice(
  method: LinkMethod,
  deps: LinkDeps,
  signal: AbortSignal,
): Promise<LinkOutcome> {
  const number = method.kind === 'code' ? parsePhoneNumber(method.phoneNumber) : undefined;
  if (number?.ok === false) return { status: 'bad-number', reason: number.reason };
  const digits = number?.digits ?? '';
  const { outcome, isGone } = await new Linking(method, digits, deps).run(signal);
  if (!isGone || deps.renewAuth === undefined) return outcome;
  const renewed = { ...deps, auth: deps.renewAuth() };
  return (await new Linking(method, digits, renewed).run(signal)).outcome;
}

interface LinkEnd {
  readonly outcome: LinkOutcome;
  /** There was a link, and the phone has ended it. */
  readonly isGone: boolean;
}

function readOwnJids(auth: ChannelAuth): Jid[] {
  const own = readOwnIdentity(auth.creds.me);
  return own === undefined ? [] : ownJidsOf(own);
}

/**
 * With a link: open → already linked. Without one:
 * showing a code → paired, told to reconnect (515) → open → first sync over → linked.
 */
class Linking {
  readonly #method: LinkMethod;
  readonly #digits: string;
  readonly #deps: LinkDeps;
  readonly #wasLinked: boolean;
  readonly #done = new AbortController();
  #outcome: LinkOutcome = { status: 'aborted' };
  #failures = 0;

  constructor(method: LinkMethod, digits: string, deps: LinkDeps) {
    this.#method = method;
    this.#digits = digits;
    this.#deps = deps;
    this.#wasLinked = deps.auth.isLinked();
  }

  async run(signal: AbortSignal): Promise<LinkEnd> {
    const { options, now, random, logger } = this.#deps;
    const connection = {
      open: () => this.#open(),
      prepare: async () => true,
      onConnecting: () => {},
      onOpen: (socket: OpenSocket) => this.#takeOpen(socket),
      onClosed: (close: SocketClose) => this.#judgeClose(close),
      now,
      random,
      logger,
      ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
    };
    const end = await keepConnected(connection, AbortSignal.any([signal, this.#done.signal]));
    return this.#conclude(end);
  }

  #conclude(end: ConnectionEnd): LinkEnd {
    if (end.status === 'aborted') return { outcome: this.#outcome, isGone: false };
    const { code, reason, mend } = end;
    return {
      outcome: { status: 'refused', reason, mend },
      isGone: this.#wasLinked && code === LOGGED_OUT,
    };
  }

  #finish(outcome: LinkOutcome): void {
    if (this.#done.signal.aborted) return;
    this.#outcome = outcome;
    this.#done.abort();
  }

  #open(): OpenSocket {
    const { auth, journal, makeSignalRepository, logger, options } = this.#deps;
    // Asking for a pairing code claims the account before the phone agreed; Baileys would log in with it.
    if (!auth.isLinked()) delete auth.creds.me;
    const browser = this.#method.kind === 'code' ? PAIRING_CODE_BROWSER : DESKTOP_BROWSER;
    const socket = openSocket({
      auth,
      makeSignalRepository,
      recordStanza: (node) => journal.recordStanza(node),
      findMessage: async () => undefined,
      findGroup: async () => undefined,
      logger,
      options: { browser, ...options },
    });
    this.#showCodes(socket);
    return socket;
  }

  #showCodes({ sock }: OpenSocket): void {
    const method = this.#method;
    let isAsked = false;
    sock.ev.on('connection.update', ({ qr }) => {
      if (qr === undefined) return;
      this.#failures = 0;
      if (method.kind === 'qr') method.onQr(qr);
      else if (!isAsked) {
        isAsked = true;
        void this.#askForCode(sock, method.onCode);
      }
    });
  }

  async #askForCode(sock: OpenSocket['sock'], onCode: (code: string) => void): Promise<void> {
    try {
      const code = await sock.requestPairingCode(this.#digits);
      onCode(`${code.slice(0, 4)}-${code.slice(4)}`);
    } catch (error) {
      // The connection is lost, and its end is judged where it closes.
      this.#deps.logger.warn({ err: error }, 'pairing code not requested');
    }
  }

  #takeOpen(socket: OpenSocket): void {
    if (!this.#wasLinked) return this.#awaitFirstSync(socket);
    this.#finish({ status: 'already-linked', ownJids: readOwnJids(this.#deps.auth) });
  }

  /** The phone hands over keys and history right after linking; leaving earlier would lose them. */
  #awaitFirstSync({ sock, closed }: OpenSocket): void {
    const { auth } = this.#deps;
    const finish = () => this.#finish({ status: 'linked', ownJids: readOwnJids(auth) });
    const timer = setTimeout(finish, FIRST_SYNC_MS);
    void closed.then(() => clearTimeout(timer));
    sock.ev.on('creds.update', ({ accountSyncCounter }) => {
      if (accountSyncCounter) finish();
    });
  }

  #judgeClose({ code, reason }: SocketClose): void {
    if (code === RESTART_REQUIRED) return;
    if (code === 408 && reason.includes('QR refs')) return this.#finish({ status: 'expired' });
    this.#failures += 1;
    if (this.#failures >= MAX_FAILURES) this.#finish({ status: 'unreachable', reason });
  }
}
