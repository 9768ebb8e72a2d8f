import type { After, Now } from '../clock.ts';
import type { Jid, OutboundMessage } from '../core/message.ts';
import { passCrashPoint } from '../crash-points.ts';
import type { Outbox, OutboxEntry, OutboxLane } from '../db/outbox.ts';
import type { Censor } from '../log-censor.ts';
import type { Logger } from '../logger.ts';
import type { Channel, SendOutcome } from '../ports.ts';
import type { ReportActivity } from './activity.ts';
import { KeyedQueue } from './keyed-queue.ts';

/** Chats that send at the same time, in each lane. */
const PARALLEL_CHATS = 16;
/** Longer than it takes until an agent is asked, which a receipt must not delay; nobody sees the difference. */
const RECEIPT_DELAY_MS = 100;
const MAX_RESEND_DELAY_MS = 60_000;
/** A file that cannot be uploaded must not hold back its chat for ever: about four minutes. */
const MAX_UPLOAD_ATTEMPTS = 9;
/** The outbox cannot be used, as on a full disk: tried again this much later. */
const BROKEN_DELAY_MS = 30_000;

export interface DeliveryDeps {
  readonly outbox: Outbox;
  readonly channel: Channel;
  readonly logger: Logger;
  readonly censor: Censor;
  readonly now: Now;
  readonly after: After;
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
 * Sends what lies in the outbox, each lane of a chat in order. A message stays pending until the server acks or
 * refuses it; in doubt it is sent again with the same id, which phones show once.
 */
export class Delivery {
  readonly #deps: DeliveryDeps;
  readonly #lanes: Readonly<Record<OutboxLane, KeyedQueue>>;
  readonly #stop = new AbortController();
  #isOpen = false;

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    this.#lanes = {
      messages: this.#createLane('messages'),
      receipts: this.#createLane('receipts'),
    };
  }

  /** A chat has something to send. Its receipts follow its messages. */
  nudge(chatJid: Jid): void {
    if (this.#isOpen) this.#lanes.messages.push(chatJid);
  }

  /** A chat has a receipt to send that must not come in the way of the agent. */
  nudgeReceipts(chatJid: Jid): void {
    if (this.#isOpen) this.#lanes.receipts.pushLater(chatJid, RECEIPT_DELAY_MS);
  }

  /** Called with every change of the link; all that is pending is sent when it opens. */
  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen;
    if (isOpen) for (const chatJid of this.#deps.outbox.pendingChats()) this.nudge(chatJid);
  }

  /** Resolves when nothing is being sent; receipts that were put off and resends to come do not count. */
  async idle(): Promise<void> {
    await this.#lanes.messages.idle();
    await this.#lanes.receipts.idle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    this.#stop.abort();
    await Promise.all([this.#lanes.messages.close(), this.#lanes.receipts.close()]);
  }

  #createLane(lane: OutboxLane): KeyedQueue {
    return new KeyedQueue({
      limit: PARALLEL_CHATS,
      work: (chatJid) => this.#drain(chatJid, lane),
      brokenDelayMs: BROKEN_DELAY_MS,
      after: this.#deps.after,
      onBroken: (chatJid, err) => this.#deps.logger.error({ chatJid, err }, 'delivery broke'),
    });
  }

  async #drain(chatJid: Jid, lane: OutboxLane): Promise<void> {
    for (;;) {
      const entry = this.#isOpen ? this.#deps.outbox.nextPending(chatJid, lane) : undefined;
      if (entry === undefined) break;
      if (!(await this.#send(entry, lane))) return;
    }
    // Receipts may have waited for these messages.
    if (lane === 'messages') this.#lanes.receipts.push(chatJid);
  }

  /** False when the lane should not go on now. */
  async #send(entry: OutboxEntry, lane: OutboxLane): Promise<boolean> {
    const { outbox, report, now, logger, censor } = this.#deps;
    const { id: messageId, chatJid } = entry.message;
    report({ type: 'sending', chatJid, messageId });
    const outcome = await this.#uploadAndSend(entry);
    switch (outcome.status) {
      case 'acked':
        passCrashPoint('message-acked');
        outbox.settle(messageId, 'acked', now());
        report({ type: 'sent', chatJid, messageId });
        await this.#dropFile(entry.message);
        return true;
      case 'rejected':
        outbox.settle(messageId, 'rejected', now(), censor(outcome.reason));
        logger.error(
          { chatJid, messageId, lane, reason: outcome.reason },
          'message refused by the server',
        );
        report({ type: 'rejected', chatJid, messageId, reason: outcome.reason });
        await this.#dropFile(entry.message);
        return true;
      case 'unconfirmed':
        outbox.recordAttempt(messageId);
        logger.warn({ chatJid, messageId, reason: outcome.reason }, 'message not confirmed');
        this.#resendLater(entry, lane);
        return false;
      /* v8 ignore next -- @preserve: the compiler proves that nothing comes here */
      default:
        return outcome satisfies never;
    }
  }

  /** What the upload gave is stored before the first send, so that every resend is the same message. */
  async #uploadAndSend({ message, attempts }: OutboxEntry): Promise<SendOutcome> {
    const { outbox, channel, spool } = this.#deps;
    passCrashPoint('message-due');
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
  #resendLater({ message, attempts }: OutboxEntry, lane: OutboxLane): void {
    if (!this.#isOpen) return;
    const delayMs = Math.min(1_000 * 2 ** attempts, MAX_RESEND_DELAY_MS);
    this.#lanes[lane].pushLater(message.chatJid, delayMs);
  }
}
