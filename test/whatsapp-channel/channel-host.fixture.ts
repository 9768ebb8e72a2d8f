import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import {
  createWhatsAppChannel,
  type WhatsAppChannel,
  type WhatsAppOptions,
} from '../../src/channels/whatsapp/channel.ts';
import { parseEndpoint } from '../../src/channels/whatsapp/endpoint.ts';
import { type LinkDeps, type LinkOutcome, linkDevice } from '../../src/channels/whatsapp/link.ts';
import {
  type AuthState,
  clearAuthState,
  loadAuthState,
} from '../../src/channels/whatsapp/signal/auth-state.ts';
import { createJournal, type Journal } from '../../src/channels/whatsapp/signal/journal.ts';
import { createSignalRepositoryFactory } from '../../src/channels/whatsapp/signal/repository.ts';
import type { InboundMessage, Jid, OutboundMessage, OutboundText } from '../../src/core/message.ts';
import { type Db, openDatabase } from '../../src/db/database.ts';
import type { ChannelState, SendOutcome } from '../../src/ports.ts';
import { EventLog } from '../loopback/whatsapp/event-log.ts';
import type { Group, Phone, WhatsAppServer } from '../loopback/whatsapp/server.ts';

const BACKOFF = { firstMs: 10, longestMs: 50 };

/** The host's side of the link: what outlives a restart, and what has been seen of the channel. */
export class ChannelHost implements AsyncDisposable {
  readonly server: WhatsAppServer;
  readonly db: Db = openDatabase(':memory:');
  /** What the log has at level info and above. */
  readonly log: { level: number; msg: string }[] = [];
  readonly #logger = pino(
    { level: 'info' },
    { write: (line) => void this.log.push(JSON.parse(line)) },
  );
  readonly states = new EventLog<ChannelState>();
  readonly received = new EventLog<InboundMessage>();
  /** How often the channel has said that it has caught up. */
  caughtUp = 0;
  readonly outbox = new Map<string, OutboundMessage>();
  /** Thrown once for each message while set, as a full disk would. */
  refusal: Error | undefined;
  readonly refused = new EventLog<InboundMessage>();
  channel: WhatsAppChannel;
  auth: AuthState;
  readonly #options: Partial<WhatsAppOptions>;
  #journal: Journal;
  #makeSignalRepository: LinkDeps['makeSignalRepository'];
  #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(server: WhatsAppServer, options: Partial<WhatsAppOptions> = {}) {
    this.server = server;
    this.#options = options;
    this.auth = loadAuthState(this.db);
    this.#journal = this.#createJournal();
    this.#makeSignalRepository = this.#createRepositories();
    this.channel = this.#createChannel();
  }

  get ownJid(): Jid {
    return this.server.owner.jid;
  }

  get linkDeps(): LinkDeps {
    return {
      auth: this.auth,
      journal: this.#journal,
      makeSignalRepository: this.#makeSignalRepository,
      now: Date.now,
      random: Math.random,
      logger: this.#logger,
      options: { endpoint: parseEndpoint(this.server.url), backoff: BACKOFF, ...this.#options },
      renewAuth: () => {
        clearAuthState(this.db);
        this.auth = loadAuthState(this.db);
        return this.auth;
      },
    };
  }

  link(signal: AbortSignal = new AbortController().signal): Promise<LinkOutcome> {
    const onQr = (qr: string) => void this.server.scanQr(qr);
    return linkDevice({ kind: 'qr', onQr }, this.linkDeps, signal);
  }

  /** Resolves when the channel is open and the server sees it. */
  async start(): Promise<void> {
    this.run();
    await Promise.all([this.waitForState('open'), this.server.waitForConnection()]);
  }

  run(): void {
    this.#running = this.channel.run(this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#stop = new AbortController();
    this.states.items.length = 0;
  }

  /** As a new process over the same database would. */
  async restart(): Promise<void> {
    await this.stop();
    this.renew();
    await this.start();
  }

  renew(): void {
    this.auth = loadAuthState(this.db);
    this.#journal = this.#createJournal();
    this.#makeSignalRepository = this.#createRepositories();
    this.channel = this.#createChannel();
  }

  waitForState(status: ChannelState['status']): Promise<ChannelState> {
    return this.states.waitFor((state) => state.status === status);
  }

  waitForText(text: string): Promise<InboundMessage> {
    return this.received.waitFor((message) => message.text === text);
  }

  send(message: OutboundMessage, signal?: AbortSignal): Promise<SendOutcome> {
    this.outbox.set(message.id, message);
    return this.channel.send(message, signal ?? new AbortController().signal);
  }

  journaledCount(): number {
    return this.db.prepare<[], number>('select count(*) from wa_journal').pluck().get() ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.db.close();
  }

  #createJournal(): Journal {
    return createJournal({
      db: this.db,
      isInInbox: (chatJid, senderJid, id) =>
        this.received.items.some(
          (message) =>
            message.id === id && message.chatJid === chatJid && message.senderJid === senderJid,
        ),
      now: Date.now,
      logger: this.#logger,
    });
  }

  #createRepositories(): LinkDeps['makeSignalRepository'] {
    return createSignalRepositoryFactory({
      db: this.db,
      journal: this.#journal,
      onStorageFailure: (error) => this.channel.dropConnection(error),
    });
  }

  #createChannel(): WhatsAppChannel {
    return createWhatsAppChannel({
      ...this.linkDeps,
      journal: this.#journal,
      handlers: {
        onMessage: (message) => this.#store(message),
        onState: (state) => this.states.add(state),
        findOutbound: (id) => this.outbox.get(id),
        onCaughtUp: () => {
          this.caughtUp += 1;
        },
      },
    });
  }

  #store(message: InboundMessage): void {
    if (this.refusal === undefined) return this.received.add(message);
    this.refused.add(message);
    throw this.refusal;
  }
}

/** A message with an id of its own, of the form that Baileys' ids have. */
export function outbound(chat: Group | Phone, text: string): OutboundText {
  return { kind: 'text', id: outboundId(), chatJid: chat.jid, text, mentions: [] };
}

export function outboundId(): string {
  return `3EB0${randomBytes(9).toString('hex').toUpperCase()}`;
}
