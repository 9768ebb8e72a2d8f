import type { Now } from '../clock.ts';
import type { Jid } from '../core/message.ts';
import type { Outbox, OutboxEntry } from '../db/outbox.ts';
import type { Logger } from '../logger.ts';
import type { Channel } from '../ports.ts';
import type { ReportActivity } from './activity.ts';
import { KeyedQueue } from './keyed-queue.ts';

/** Chats that send at the same time. */
const PARALLEL_CHATS = 16;
const MAX_RESEND_DELAY_MS = 60_000;
/** The outbox cannot be used, as on a full disk: tried again this much later. */
const BROKEN_DELAY_MS = 30_000;

export interface DeliveryDeps {
  readonly outbox: Outbox;
  readonly channel: Channel;
  readonly logger: Logger;
  readonly now: Now;
  readonly report: ReportActivity;
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
    const { outbox, channel, report, now, logger } = this.#deps;
    const { id: messageId, chatJid } = entry.message;
    report({ type: 'sending', chatJid, messageId });
    const outcome = await channel.send(entry.message, this.#stop.signal);
    switch (outcome.status) {
      case 'acked':
        outbox.settle(messageId, 'acked', now());
        report({ type: 'sent', chatJid, messageId });
        return true;
      case 'rejected':
        outbox.settle(messageId, 'rejected', now(), outcome.reason);
        logger.error(
          { chatJid, messageId, reason: outcome.reason },
          'message refused by the server',
        );
        report({ type: 'rejected', chatJid, messageId, reason: outcome.reason });
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

  /** Not within the turn: chats that get no ack must not keep the others from sending. */
  #resendLater({ message, attempts }: OutboxEntry): void {
    if (!this.#isOpen) return;
    const delayMs = Math.min(1_000 * 2 ** attempts, MAX_RESEND_DELAY_MS);
    this.#queue.pushLater(message.chatJid, delayMs);
  }
}
