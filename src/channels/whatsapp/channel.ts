import type { GroupMetadata, SocketConfig, WAMessageKey } from '@whiskeysockets/baileys';
import type { Now } from '../../clock.ts';
import type { Jid } from '../../core/message.ts';
import { passCrashPoint } from '../../crash-points.ts';
import type { Logger } from '../../logger.ts';
import type { Channel, ChannelHandlers } from '../../ports.ts';
import { waitForAbort } from '../../wait.ts';
import { type ConnectionEnd, keepConnected } from './connection.ts';
import { downloadMedia } from './download.ts';
import { GroupDirectory, type GroupInfo, toGroupInfo } from './group-directory.ts';
import { isGroup, type OwnIdentity, ownJidsOf, readOwnIdentity } from './identity.ts';
import { type InboundJournal, InboundPump } from './inbound-pump.ts';
import { PLAIN_FORM, toProtoMessage } from './outbound.ts';
import type { Backoff } from './reconnect-policy.ts';
import { sendMessage } from './send.ts';
import { guardKeyStore } from './signal/guarded-key-store.ts';
import { type ChannelAuth, type OpenSocket, openSocket, type SocketOptions } from './socket.ts';
import { createStorageAlarm, type StorageAlarm } from './storage-alarm.ts';
import { uploadMedia } from './upload.ts';

export interface WhatsAppChannelDeps {
  readonly auth: ChannelAuth;
  readonly journal: InboundJournal;
  readonly makeSignalRepository: SocketConfig['makeSignalRepository'];
  readonly handlers: ChannelHandlers;
  readonly now: Now;
  /** 0 ≤ x < 1, for the jitter of reconnects. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly options: WhatsAppOptions;
}

export interface WhatsAppOptions extends SocketOptions {
  /** How long to wait for the server's ack of a written message; 20 s unless told. */
  readonly ackTimeoutMs?: number;
  readonly backoff?: Backoff;
}

export interface WhatsAppChannel extends Channel {
  /** Undefined when there is no connection, or we are no member of such a group. */
  groupInfo(jid: Jid): Promise<GroupInfo | undefined>;
  /** All groups of the account; undefined when there is no connection. */
  listGroups(): Promise<GroupInfo[] | undefined>;
  /**
   * Cuts the connection at once, as when the store has failed: nothing more is receipted, and after a wait
   * it connects again and the server delivers what it kept. The log says why once, until something is stored.
   */
  dropConnection(cause: unknown): void;
}

const ACK_TIMEOUT_MS = 20_000;
/** The server's answer to a client that is too old. */
const OUTDATED = 405;

interface Link {
  readonly socket: OpenSocket;
  readonly groups: GroupDirectory;
}

export function createWhatsAppChannel(deps: WhatsAppChannelDeps): WhatsAppChannel {
  return new LinkedChannel(deps);
}

/**
 * States, as told to `onState`: `unlinked` and waiting for the end, or `connecting → open → connecting → …`
 * until the end or `stopped`, which lasts until the end as well.
 */
class LinkedChannel implements WhatsAppChannel {
  readonly #deps: WhatsAppChannelDeps;
  readonly #pump: InboundPump;
  readonly #alarm: StorageAlarm;
  /** The connection that is being made or open. */
  #link: Link | undefined;
  #isOpen = false;
  #isRunning = false;

  constructor(deps: WhatsAppChannelDeps) {
    this.#deps = deps;
    this.#alarm = createStorageAlarm(deps.logger);
    this.#pump = new InboundPump({
      journal: deps.journal,
      keys: deps.auth.keys,
      own: () => this.#own(),
      onMessage: (message) => deps.handlers.onMessage(message),
      onStored: () => this.#alarm.clear(),
      onFailure: (error) => this.dropConnection(error),
      now: deps.now,
      logger: deps.logger,
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { auth, handlers } = this.#deps;
    this.#isRunning = true;
    if (auth.isLinked()) {
      const end = await this.#keepConnected(signal);
      // What the last socket decrypted without telling must not wait for the next start.
      await this.#pump.replay();
      if (end.status === 'stopped') {
        const { code, reason, mend } = end;
        this.#deps.logger.error({ code, reason, mend }, 'whatsapp has ended the link');
        handlers.onState({ status: 'stopped', reason, mend, isOutdated: code === OUTDATED });
      }
    } else {
      handlers.onState({ status: 'unlinked' });
    }
    await waitForAbort(signal);
    this.#isRunning = false;
  }

  async send(...[message, signal]: Parameters<Channel['send']>): ReturnType<Channel['send']> {
    const link = this.#link;
    if (link === undefined || !this.#isOpen)
      return { status: 'unconfirmed', reason: 'not connected' };
    const { options, logger } = this.#deps;
    const ackTimeoutMs = options.ackTimeoutMs ?? ACK_TIMEOUT_MS;
    return sendMessage(message, { ...link, ackTimeoutMs, logger }, signal);
  }

  async upload(...[message, path, signal]: Parameters<Channel['upload']>) {
    const link = this.#link;
    if (link === undefined || !this.#isOpen)
      return { status: 'unconfirmed', reason: 'not connected' } as const;
    return uploadMedia(message, path, link.socket, signal);
  }

  download(...[source, maxBytes, signal]: Parameters<Channel['download']>) {
    const socket = this.#isOpen ? this.#link?.socket : undefined;
    const isLoopback = this.#deps.options.endpoint.protocol === 'ws:';
    return downloadMedia(source, maxBytes, { socket, isLoopback }, signal);
  }

  async setTyping(chatJid: Jid, isTyping: boolean): Promise<void> {
    if (this.#link === undefined || !this.#isOpen) return;
    try {
      await this.#link.socket.sock.sendPresenceUpdate(isTyping ? 'composing' : 'paused', chatJid);
    } catch (error) {
      this.#deps.logger.debug({ err: error, chatJid }, 'typing not shown');
    }
  }

  async groupInfo(jid: Jid): Promise<GroupInfo | undefined> {
    const group = await this.#findGroup(jid);
    return group === undefined ? undefined : toGroupInfo(group);
  }

  async listGroups(): Promise<GroupInfo[] | undefined> {
    if (this.#link === undefined || !this.#isOpen) return undefined;
    try {
      return (await this.#link.groups.list()).map(toGroupInfo);
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'groups not listed');
      return undefined;
    }
  }

  dropConnection(cause: unknown): void {
    // What was still being decrypted at a stop finds the database closed; the server keeps it all the same.
    if (this.#isRunning) this.#alarm.raise(cause);
    void this.#link?.socket.drop(500, 'incoming messages cannot be stored');
  }

  #keepConnected(signal: AbortSignal): Promise<ConnectionEnd> {
    const { handlers, now, random, logger, options } = this.#deps;
    const connection = {
      open: () => this.#open(),
      prepare: () => this.#pump.replay(),
      onConnecting: () => handlers.onState({ status: 'connecting' }),
      onOpen: () => this.#announceOpen(),
      onClosed: () => {
        this.#isOpen = false;
        this.#link = undefined;
      },
      now,
      random,
      logger,
      ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
    };
    return keepConnected(connection, signal);
  }

  #open(): OpenSocket {
    const { auth, makeSignalRepository, journal, logger, options } = this.#deps;
    const keys = guardKeyStore(auth.keys, (error) => this.dropConnection(error));
    const socket = openSocket({
      auth: { ...auth, keys },
      makeSignalRepository,
      recordStanza: (node) => journal.recordStanza(node),
      findMessage: (key) => this.#findMessage(key),
      findGroup: (jid) => this.#findGroup(jid),
      logger,
      options,
    });
    socket.sock.ev.on('messages.upsert', ({ messages }) => this.#pump.accept(messages));
    socket.sock.ev.on('connection.update', ({ receivedPendingNotifications }) => {
      if (receivedPendingNotifications === true) this.#deps.handlers.onCaughtUp?.();
    });
    this.#link = { socket, groups: new GroupDirectory(socket.sock) };
    return socket;
  }

  #announceOpen(): void {
    const own = this.#own();
    if (own === undefined) return;
    this.#isOpen = true;
    this.#deps.handlers.onState({ status: 'open', ownJids: ownJidsOf(own) });
  }

  #own(): OwnIdentity | undefined {
    return readOwnIdentity(this.#deps.auth.creds.me);
  }

  async #findGroup(jid: Jid): Promise<GroupMetadata | undefined> {
    try {
      return await this.#link?.groups.find(jid);
    } catch (error) {
      this.#deps.logger.debug({ err: error, chatJid: jid }, 'group not found');
      return undefined;
    }
  }

  /** What a phone that could not decrypt one of our messages asks for, perhaps after a restart. */
  async #findMessage(key: WAMessageKey) {
    passCrashPoint('resend-asked');
    try {
      const message = key.id ? this.#deps.handlers.findOutbound(key.id) : undefined;
      if (message === undefined) return undefined;
      const form = isGroup(message.chatJid)
        ? await this.#link?.groups.formOf(message.chatJid)
        : undefined;
      return toProtoMessage(message, form ?? PLAIN_FORM);
    } catch (error) {
      this.#deps.logger.warn({ err: error, id: key.id }, 'message not found for a retry');
      return undefined;
    }
  }
}
