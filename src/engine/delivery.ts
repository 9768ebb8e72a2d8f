import type { Now } from '../clock.ts';
import type { Jid, OutboundMessage } from '../core/message.ts';
import type { Outbox, OutboxEntry } from '../db/outbox.ts';
import type { Logger } from '../logger.ts';
import type { Channel, SendOutcome } from '../ports.ts';
import type { ReportActivity } from './activity.ts';
import { KeyedQueue } from './keyed-queue.ts';

/** Chats that send at the same time. */
const PARALLEL_CHATS = 16;
const MAX_RESEND_DELAY_MS = 60_000;
/** A file that cannot be uploaded must not hold back its chat for ever: about four minutes. */
const MAX_UPLOAD_ATTEMPTS = 9;
/** The outbox cannot be used, as on a full disk: tried again this much later. */
const BROKEN_DELAY_MS = 30_000;

export interface DeliveryDeps {
  readonly outbox: Outbox;
  readonly channel: Channel;
  readonly logger: Logger;
  readonly now: Now;
  readonly report: ReportActivity;
  /** The files of messages that have not gone out. */
  readonly spool: OutboundFiles;
}

/** Copies of files that agents send, out of the agents' reach. */
export interface OutboundFiles {
  pathOf(spoolName: string): string;
  /** The file is needed no more. Never rejects. */
  drop(spoolName: string): Promise<void>;
}

/**
 * Sends what lies in the outbox, each chat in order. A message stays pending until the server acks or refuses
 * it; in doubt it is sent again with the same id, which phones show once.
 */
export class Delivery {
  readonly #deps: DeliveryDeps;
  readonly #queue: KeyedQueue;
  readonly #stop = new AbortController();
  #isOpen = false;

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    this.#queue = new KeyedQueue({
      limit: PARALLEL_CHATS,
      work: (chatJid) => this.#drain(chatJid),
      brokenDelayMs: BROKEN_DELAY_MS,
      onBroken: (chatJid, err) => deps.logger.error({ chatJid, err }, 'delivery broke'),
    });
  }

  /** A chat has something to send. */
  nudge(chatJid: Jid): void {
    if (this.#isOpen) this.#queue.push(chatJid);
  }

  /** Called with every change of the link; all that is pending is sent when it opens. */
  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen;
    if (isOpen) for (const chatJid of this.#deps.outbox.pendingChats()) this.#queue.push(chatJid);
  }

  /** Resolves when nothing is being sent; resends to come do not count. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    this.#stop.abort();
    await this.#queue.close();
  }

  async #drain(chatJid: Jid): Promise<void> {
    for (;;) {
      const entry = this.#isOpen ? this.#deps.outbox.nextPending(chatJid) : undefined;
      if (entry === undefined || !(await this.#send(entry))) return;
    }
  }

  /** False when the chat should not go on now. */
  async #send(entry: OutboxEntry): Promise<boolean> {
    const { outbox, report, now, logger } = this.#deps;
    const { id: messageId, chatJid } = entry.message;
    report({ type: 'sending', chatJid, messageId });
    const outcome = await this.#uploadAndSend(entry);
    switch (outcome.status) {
      case 'acked':
        outbox.settle(messageId, 'acked', now());
        report({ type: 'sent', chatJid, messageId });
        await this.#dropFile(entry.message);
        return true;
      case 'rejected':
        outbox.settle(messageId, 'rejected', now(), outcome.reason);
        logger.error(
          { chatJid, messageId, reason: outcome.reason },
          'message refused by the server',
        );
        report({ type: 'rejected', chatJid, messageId, reason: outcome.reason });
        await this.#dropFile(entry.message);
        return true;
      case 'unconfirmed':
        outbox.recordAttempt(messageId);
        logger.warn({ chatJid, messageId, reason: outcome.reason }, 'message not confirmed');
        this.#resendLater(entry);
        return false;
      default:
        return outcome satisfies never;
    }
  }

  /** What the upload gave is stored before the first send, so that every resend is the same message. */
  async #uploadAndSend({ message, attempts }: OutboxEntry): Promise<SendOutcome> {
    const { outbox, channel, spool } = this.#deps;
    if (message.kind !== 'media' || message.upload !== undefined)
      return channel.send(message, this.#stop.signal);
    const path = spool.pathOf(message.spoolName);
    const outcome = await channel.upload(message, path, this.#stop.signal);
    if (outcome.status === 'unconfirmed' && attempts + 1 >= MAX_UPLOAD_ATTEMPTS)
      return { status: 'rejected', reason: outcome.reason };
    if (outcome.status !== 'uploaded') return outcome;
    const { upload } = outcome;
    outbox.storeUpload(message.id, upload);
    return channel.send({ ...message, upload }, this.#stop.signal);
  }

  async #dropFile(message: OutboundMessage): Promise<void> {
    if (message.kind === 'media') await this.#deps.spool.drop(message.spoolName);
  }

  /** Not within the turn: chats that get no ack must not keep the others from sending. */
  #resendLater({ message, attempts }: OutboxEntry): void {
    if (!this.#isOpen) return;
    const delayMs = Math.min(1_000 * 2 ** attempts, MAX_RESEND_DELAY_MS);
    this.#queue.pushLater(message.chatJid, delayMs);
  }
}
