import { createHash } from 'node:crypto';
import type { After, Now } from '../clock.ts';
import type { RegisteredGroup } from '../core/group.ts';
import { MAX_INBOUND_BYTES } from '../core/inbound-media.ts';
import { sniffMediaType } from '../core/media-type.ts';
import type { Jid } from '../core/message.ts';
import type { Media, PendingMedia } from '../db/media.ts';
import type { Censor } from '../log-censor.ts';
import type { Logger } from '../logger.ts';
import type { Channel } from '../ports.ts';
import { createWait } from '../wait.ts';
import { KeyedQueue } from './keyed-queue.ts';

/** Chats that are served, and files in memory, at the same time; each file up to its kind's limit. */
const PARALLEL = 2;
const MAX_ATTEMPTS = 4;
const RETRY_DELAY_MS = 1_000;
const BROKEN_DELAY_MS = 30_000;

export interface MediaDownloadsDeps {
  readonly media: Media;
  readonly channel: Pick<Channel, 'download'>;
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  /** Puts a file into a group's folder; gives its path below it. Rejects when the folder cannot be used. */
  readonly writeMediaFile: (
    folder: string,
    name: string,
    bytes: Uint8Array,
  ) => Promise<{ ok: true; path: string } | { ok: false; reason: string }>;
  readonly now: Now;
  readonly after: After;
  readonly logger: Logger;
  readonly censor: Censor;
}

type Wanted = Pick<PendingMedia, 'messageSeq' | 'chatJid'>;

/**
 * Brings files of messages into their groups' folders: pending → stored | failed | too_large. Chats take turns, a file at
 * each, so that a flood in one delays no other. What is pending survives restarts; a failing download is tried a few
 * times.
 */
export class MediaDownloads {
  readonly #deps: MediaDownloadsDeps;
  /** Of chats. */
  readonly #queue: KeyedQueue;
  /** Messages of each chat whose files wait for its turns, or are being brought. */
  readonly #waiting = new Map<Jid, Set<number>>();
  readonly #retries = new Map<number, () => void>();
  readonly #stop = new AbortController();
  readonly #waiters = new Set<() => void>();

  constructor(deps: MediaDownloadsDeps) {
    this.#deps = deps;
    this.#queue = new KeyedQueue({
      limit: PARALLEL,
      work: (chatJid) => this.#work(chatJid),
      brokenDelayMs: BROKEN_DELAY_MS,
      after: deps.after,
      onBroken: (chatJid, err) => deps.logger.error({ chatJid, err }, 'download broke'),
    });
  }

  /** A message with a file is stored. */
  add({ messageSeq, chatJid }: Wanted): void {
    if (this.#stop.signal.aborted) return;
    this.#forgetRetry(messageSeq);
    const waiting = this.#waiting.get(chatJid) ?? new Set();
    this.#waiting.set(chatJid, waiting.add(messageSeq));
    this.#queue.push(chatJid);
  }

  /** Takes up everything that is pending: at the start, and when the link opens. */
  resume(): void {
    for (const wanted of this.#deps.media.pending()) this.add(wanted);
  }

  /** Resolves when no file of the run's messages is pending, the time is over or the signal aborts. */
  async waitForRun(runId: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const isDone = () => this.#deps.media.pendingOfRun(runId).length === 0;
    if (isDone()) return;
    const done = new AbortController();
    const check = () => {
      if (isDone()) done.abort();
    };
    this.#waiters.add(check);
    const over = AbortSignal.any([signal, done.signal, this.#stop.signal]);
    await createWait(this.#deps.after)(timeoutMs, over);
    this.#waiters.delete(check);
  }

  idle(): Promise<void> {
    return this.#queue.idle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    for (const messageSeq of this.#retries.keys()) this.#forgetRetry(messageSeq);
    await this.#queue.close();
  }

  async #work(chatJid: Jid): Promise<void> {
    const waiting = this.#waiting.get(chatJid) ?? new Set();
    const [messageSeq] = waiting;
    if (messageSeq === undefined) return;
    // To the end: should it break, another one is next.
    waiting.delete(messageSeq);
    waiting.add(messageSeq);
    const wanted = this.#deps.media.findPending(messageSeq);
    if (wanted !== undefined) await this.#fetch(wanted);
    waiting.delete(messageSeq);
    if (waiting.size > 0) this.#queue.push(chatJid);
    else this.#waiting.delete(chatJid);
    for (const check of this.#waiters) check();
  }

  async #fetch(wanted: PendingMedia): Promise<void> {
    const { media, channel, findGroup, logger } = this.#deps;
    const { messageSeq, chatJid, kind, byteSize, source } = wanted;
    const maxBytes = MAX_INBOUND_BYTES[kind];
    const group = findGroup(chatJid);
    if (group === undefined)
      return media.giveUp(messageSeq, 'failed', 'the chat is not registered');
    if (byteSize !== undefined && byteSize > maxBytes)
      return media.giveUp(messageSeq, 'too_large', `${byteSize} bytes`);
    const outcome = await channel.download(source, maxBytes, this.#stop.signal);
    if (this.#stop.signal.aborted) return;
    switch (outcome.status) {
      case 'downloaded':
        return this.#store(wanted, group.folder, outcome.bytes);
      case 'too_large':
        return media.giveUp(messageSeq, 'too_large', 'more bytes than announced');
      case 'offline':
        // Goes on when the link opens.
        return;
      case 'failed':
        logger.warn({ chatJid, messageSeq, reason: outcome.reason }, 'download failed');
        return this.#retryLater(wanted, outcome.reason, outcome.isFinal);
      default:
        return outcome satisfies never;
    }
  }

  async #store(wanted: PendingMedia, folder: string, bytes: Uint8Array): Promise<void> {
    const { media, writeMediaFile, logger } = this.#deps;
    const { messageSeq } = wanted;
    const { mimetype, extension } = sniffMediaType(bytes);
    try {
      const written = await writeMediaFile(folder, `${nameFile(wanted)}.${extension}`, bytes);
      if (written.ok)
        media.store(messageSeq, { path: written.path, mimetype, byteSize: bytes.length });
      else media.giveUp(messageSeq, 'failed', written.reason);
    } catch (error) {
      logger.error({ err: error, folder, messageSeq }, 'file of a message not stored');
      this.#retryLater(wanted, 'the file could not be stored', false);
    }
  }

  #retryLater(wanted: PendingMedia, reason: string, isFinal: boolean): void {
    const { media, after, censor } = this.#deps;
    const { messageSeq, attempts } = wanted;
    media.recordAttempt(messageSeq);
    if (isFinal || attempts + 1 >= MAX_ATTEMPTS)
      return media.giveUp(messageSeq, 'failed', censor(reason));
    const again = after(RETRY_DELAY_MS * 4 ** attempts, () => this.add(wanted));
    this.#retries.set(messageSeq, again);
  }

  #forgetRetry(messageSeq: number): void {
    this.#retries.get(messageSeq)?.();
    this.#retries.delete(messageSeq);
  }
}

/** Nothing of what the sender chose is in it but through a hash; the same at each attempt. */
function nameFile({ chatJid, senderJid, messageId, receivedAt }: PendingMedia): string {
  const date = new Date(receivedAt).toISOString().slice(0, 10);
  const identity = JSON.stringify([chatJid, senderJid, messageId]);
  return `${date}-${createHash('sha256').update(identity).digest('hex').slice(0, 12)}`;
}
