import {
  type AuthenticationCreds,
  type ConnectionState,
  initAuthCreds,
  makeWASocket,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
  type UserFacingSocketConfig,
  type WAMessage,
  type WASocket,
} from '@whiskeysockets/baileys';
import pino from 'pino';
import { EventLog } from './event-log.ts';
import type { WhatsAppServer } from './types.ts';

export interface ReceivedMessage {
  readonly message: WAMessage;
  readonly type: 'notify' | 'append';
}

export interface Closing {
  /** Baileys' status code of the close. */
  readonly statusCode: number | undefined;
}

/** What survives a reconnect: credentials and keys, as a store would keep them. */
export interface Account {
  readonly creds: AuthenticationCreds;
  readonly keys: SignalKeyStore;
}

/** An unmodified Baileys client with everything it reported. */
export interface StockClient {
  readonly socket: WASocket;
  readonly updates: EventLog<Partial<ConnectionState>>;
  readonly messages: EventLog<ReceivedMessage>;
  /** Resolves with the first QR. */
  waitForQr(): Promise<string>;
  waitForOpen(): Promise<void>;
  waitForClose(): Promise<Closing>;
  /** Resolves with the first incoming message with this text. */
  waitForText(text: string): Promise<ReceivedMessage>;
  /** Resolves with the `error` attribute of the server's ack, undefined when there is none. */
  waitForAck(id: string): Promise<string | undefined>;
  [Symbol.asyncDispose](): Promise<void>;
}

export function createAccount(): Account {
  return { creds: initAuthCreds(), keys: createMemoryKeys() };
}

/** Copies on the way in and out, as a store on disk does. */
function createMemoryKeys(): SignalKeyStore {
  const data = new Map<string, unknown>();
  return {
    get: async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
      const found: Record<string, SignalDataTypeMap[T]> = {};
      for (const id of ids) {
        const value = data.get(`${type}/${id}`);
        if (value !== undefined) found[id] = structuredCloneBytes(value) as SignalDataTypeMap[T];
      }
      return found;
    },
    set: async (changes: SignalDataSet) => {
      for (const [type, entries] of Object.entries(changes)) {
        for (const [id, value] of Object.entries(entries)) {
          if (value === null) data.delete(`${type}/${id}`);
          else data.set(`${type}/${id}`, structuredCloneBytes(value));
        }
      }
    },
  };
}

/** structuredClone turns a Buffer into a Uint8Array, which Baileys does not accept everywhere. */
function structuredCloneBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(structuredCloneBytes);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, structuredCloneBytes(each)]);
  return Object.fromEntries(entries) as unknown;
}

/** Connects; a client that closed stays closed, so reconnecting takes a new one for the account. */
export function connectStockClient(
  url: string,
  account: Account,
  config: Partial<UserFacingSocketConfig> = {},
): StockClient {
  const socket = makeWASocket({
    auth: account,
    waWebSocketUrl: url,
    logger: pino({ level: 'silent' }),
    markOnlineOnConnect: false,
    ...config,
  });
  const updates = new EventLog<Partial<ConnectionState>>();
  const messages = new EventLog<ReceivedMessage>();
  const acks = new EventLog<Record<string, string>>();
  socket.ev.on('connection.update', (update) => updates.add(update));
  socket.ev.on('messages.upsert', ({ messages: batch, type }) => {
    for (const message of batch) messages.add({ message, type });
  });
  socket.ws.on('CB:ack,class:message', (node: { attrs: Record<string, string> }) => {
    acks.add(node.attrs);
  });
  const waitForClose = async () => {
    const update = await updates.waitFor(({ connection }) => connection === 'close');
    const error = update.lastDisconnect?.error as { output?: { statusCode?: number } } | undefined;
    return { statusCode: error?.output?.statusCode };
  };
  return {
    socket,
    updates,
    messages,
    waitForClose,
    waitForQr: async () => (await updates.waitFor(({ qr }) => qr !== undefined)).qr ?? '',
    waitForOpen: async () => {
      await updates.waitFor(({ connection }) => connection === 'open');
    },
    waitForText: (text) => messages.waitFor(({ message }) => textOf(message) === text),
    waitForAck: async (id) => (await acks.waitFor((attrs) => attrs['id'] === id))['error'],
    [Symbol.asyncDispose]: async () => {
      await socket.end(undefined);
    },
  };
}

/** Links a new account by QR and connects it. */
export async function linkStockClient(
  server: WhatsAppServer,
  config: Partial<UserFacingSocketConfig> = {},
): Promise<{ account: Account; client: StockClient }> {
  const account = createAccount();
  const linking = connectStockClient(server.url, account, config);
  await server.scanQr(await linking.waitForQr());
  await linking.waitForClose();
  return { account, client: await reconnectStockClient(server, account, config) };
}

/** A new connection for an account that is linked. */
export async function reconnectStockClient(
  server: WhatsAppServer,
  account: Account,
  config: Partial<UserFacingSocketConfig> = {},
): Promise<StockClient> {
  const client = connectStockClient(server.url, account, config);
  await Promise.all([client.waitForOpen(), server.waitForConnection()]);
  return client;
}

export function textOf(message: WAMessage): string | undefined {
  const { message: content } = message;
  return content?.conversation ?? content?.extendedTextMessage?.text ?? undefined;
}

type Print = typeof console.info;

/** libsignal prints whole sessions, private keys included; silence it until disposed. */
export function muteLibsignal(): Disposable {
  const names = ['info', 'warn', 'error', 'log'] as const;
  const originals = new Map<(typeof names)[number], Print>(
    names.map((name) => [name, console[name]]),
  );
  for (const name of names) console[name] = () => undefined;
  return {
    [Symbol.dispose]: () => {
      for (const [name, print] of originals) console[name] = print;
    },
  };
}
