import {
  type AuthenticationCreds,
  type BinaryNode,
  type ConnectionState,
  DEFAULT_CONNECTION_CONFIG,
  type GroupMetadata,
  makeWASocket,
  type proto,
  type SignalKeyStore,
  type SocketConfig,
  type WAMessageKey,
  type WASocket,
} from '@whiskeysockets/baileys';
import { passCrashPoint } from '../../crash-points.ts';
import type { Logger } from '../../logger.ts';
import { createBaileysLogger } from './baileys-logger.ts';
import { guardListeners } from './guarded-events.ts';
import { detachUploadTimers } from './stray-timers.ts';

/** Identity and keys of the link; `saveCreds` stores `creds`, which Baileys changes in place. */
export interface ChannelAuth {
  readonly creds: AuthenticationCreds;
  readonly keys: SignalKeyStore;
  saveCreds(): void;
  isLinked(): boolean;
}

export interface SocketOptions {
  readonly endpoint: URL;
  /** System and browser as the phone lists them under linked devices, and a version. */
  readonly browser?: [string, string, string];
  /** Version of WhatsApp Web to claim; the one Baileys was made for unless told. */
  readonly version?: [number, number, number];
  readonly connectTimeoutMs?: number;
  readonly keepAliveIntervalMs?: number;
  readonly queryTimeoutMs?: number;
  /** How long each QR code stays valid; WhatsApp's own rhythm (60 s, then 20 s) unless told. */
  readonly qrTimeoutMs?: number;
}

export interface SocketDeps {
  readonly auth: ChannelAuth;
  readonly makeSignalRepository: SocketConfig['makeSignalRepository'];
  /** Sees each message stanza before it is decrypted. */
  readonly recordStanza: (node: BinaryNode) => void;
  readonly findMessage: (key: WAMessageKey) => Promise<proto.IMessage | undefined>;
  readonly findGroup: (jid: string) => Promise<GroupMetadata | undefined>;
  readonly logger: Logger;
  readonly options: SocketOptions;
}

export interface SocketClose {
  /** Baileys' DisconnectReason, an HTTP-like status. */
  readonly code: number;
  readonly reason: string;
}

/** One connection from its first byte to its last. */
export interface OpenSocket {
  readonly sock: WASocket;
  /** Resolves when the connection is over and everything of it is torn down. */
  readonly closed: Promise<SocketClose>;
  /** Aborts at the same time, with the SocketClose as its reason; its listeners can be taken away again. */
  readonly ended: AbortSignal;
  /** Ends the connection; `closed` then has this code and reason unless it was over already. */
  close(code: number, reason: string): Promise<void>;
  /** As `close`, but without a goodbye: not a byte is sent from now on. */
  drop(code: number, reason: string): Promise<void>;
}

export const DESKTOP_BROWSER: [string, string, string] = ['Deckhand', 'Chrome', '1.0'];

/** How long the other side may take to answer our goodbye. */
const GOODBYE_MS = 2_000;

/** Starts connecting. A socket is used once; after `closed` a new one is made. */
export function openSocket(deps: SocketDeps): OpenSocket {
  const { auth, logger } = deps;
  const sock = makeWASocket(toSocketConfig(deps));
  const over = Promise.withResolvers<SocketClose>();
  const ended = new AbortController();
  const closeWith = (code: number, reason: string) => void sock.end(statusError(code, reason));
  guardListeners(sock.ws, (error) => {
    logger.warn({ err: error }, 'whatsapp connection broke');
    closeWith(500, 'the connection broke');
  });
  sock.ws.on('CB:message', (node: BinaryNode) => {
    passCrashPoint('stanza-received');
    deps.recordStanza(node);
  });
  sock.ev.on('creds.update', () => {
    try {
      auth.saveCreds();
    } catch (error) {
      logger.error({ err: error }, 'whatsapp credentials not stored');
      closeWith(500, 'the credentials could not be stored');
    }
  });
  watchLogin(sock);
  sock.ev.on('connection.update', (update) => {
    if (update.connection === 'close') over.resolve(readClose(update));
  });
  const closed = over.promise.then((close) => {
    rejectQueries(sock);
    ended.abort(close);
    return close;
  });
  return {
    sock,
    closed,
    ended: ended.signal,
    async close(code, reason) {
      closeWith(code, reason);
      const timer = setTimeout(() => terminate(sock), GOODBYE_MS);
      await closed;
      clearTimeout(timer);
    },
    async drop(code, reason) {
      terminate(sock);
      closeWith(code, reason);
      await closed;
    },
  };
}

/** From the server's `success` to the open connection Baileys may upload pre-keys. */
function watchLogin(sock: WASocket): void {
  sock.ws.once('CB:success', () => {
    const detached = detachUploadTimers();
    sock.ev.on('connection.update', ({ connection }) => {
      if (connection !== undefined) detached[Symbol.dispose]();
    });
  });
}

function toSocketConfig({ auth, options, logger, ...deps }: SocketDeps): SocketConfig {
  const { endpoint, browser, version, connectTimeoutMs, keepAliveIntervalMs } = options;
  return {
    ...DEFAULT_CONNECTION_CONFIG,
    waWebSocketUrl: endpoint,
    auth: { creds: auth.creds, keys: auth.keys },
    makeSignalRepository: deps.makeSignalRepository,
    logger: createBaileysLogger(logger),
    browser: browser ?? DESKTOP_BROWSER,
    ...(version === undefined ? {} : { version }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    ...(keepAliveIntervalMs === undefined ? {} : { keepAliveIntervalMs }),
    ...(options.queryTimeoutMs === undefined
      ? {}
      : { defaultQueryTimeoutMs: options.queryTimeoutMs }),
    ...(options.qrTimeoutMs === undefined ? {} : { qrTimeout: options.qrTimeoutMs }),
    // Being online would stop the notifications on the owner's phone.
    markOnlineOnConnect: false,
    syncFullHistory: false,
    getMessage: deps.findMessage,
    cachedGroupMetadata: deps.findGroup,
  };
}

interface StatusError extends Error {
  output: { statusCode: number };
}

/** The part of a Boom that Baileys and we read of it. */
function statusError(code: number, reason: string): StatusError {
  return Object.assign(new Error(reason), { output: { statusCode: code } });
}

function readClose({ lastDisconnect }: Partial<ConnectionState>): SocketClose {
  const error: (Error & Partial<StatusError>) | undefined = lastDisconnect?.error;
  return { code: error?.output?.statusCode ?? 500, reason: error?.message ?? 'closed' };
}

/** Baileys takes away its own close listeners first; what still waits for an answer hears of it here. */
function rejectQueries(sock: WASocket): void {
  sock.ws.emit('error', statusError(428, 'Connection Closed'));
  sock.ws.removeAllListeners();
  sock.ws.on('error', () => {});
}

/** Baileys waits for the other side's goodbye and offers no way to stop waiting. */
function terminate(sock: WASocket): void {
  const socket: unknown = Reflect.get(sock.ws, 'socket');
  if (typeof socket !== 'object' || socket === null || !('terminate' in socket)) return;
  if (typeof socket.terminate === 'function') Reflect.apply(socket.terminate, socket, []);
}
