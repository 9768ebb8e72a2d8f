import type { Now } from '../clock.ts';
import type { InboundMessage, Jid } from '../core/message.ts';
import { toMessageId } from '../core/message-id.ts';
import {
  type Receipt,
  type ReceiptTarget,
  type RunReceipt,
  receiptOrigin,
  receiptReaction,
} from '../core/receipts.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Outbox } from '../db/outbox.ts';
import type { Run } from '../db/runs.ts';
import type { RandomBytes } from '../random.ts';

export interface ReceiptsDeps {
  readonly inbox: Pick<Inbox, 'triggersOf'>;
  readonly outbox: Pick<Outbox, 'enqueue' | 'hasOrigin' | 'supersede'>;
  readonly showsReceipts: (chatJid: Jid) => boolean;
  readonly now: Now;
  readonly randomBytes: RandomBytes;
}

/**
 * Shows at each question what becomes of it: `accepted → answered | failed`. Each is a row of the outbox that is
 * written within the transaction of what it tells, so that a crash neither loses nor doubles one.
 */
export interface Receipts {
  /** A question was stored that will be answered. */
  accept(message: InboundMessage): void;
  /**
   * The run has ended. Every question of it that was shown as accepted is shown as ended, whatever the
   * registration says by now.
   */
  end(run: Pick<Run, 'id' | 'chatJid'>, receipt: RunReceipt): void;
  /** Nobody is told how the run ended: what has not gone out of it does not go out any more. */
  drop(run: Pick<Run, 'id' | 'chatJid'>): void;
}

export function createReceipts({
  inbox,
  outbox,
  showsReceipts,
  now,
  randomBytes,
}: ReceiptsDeps): Receipts {
  const show = (target: ReceiptTarget, receipt: Receipt): void => {
    const message = {
      ...receiptReaction(target, receipt, now()),
      id: toMessageId(randomBytes(9)),
    };
    outbox.enqueue(message, receiptOrigin(target, receipt), now());
  };
  const acceptedOf = ({ id, chatJid }: Pick<Run, 'id' | 'chatJid'>): ReceiptTarget[] =>
    inbox
      .triggersOf(id)
      .map((message) => ({ ...message, chatJid }))
      .filter((target) => outbox.hasOrigin(receiptOrigin(target, 'accepted')));
  const supersede = (target: ReceiptTarget): void =>
    outbox.supersede(receiptOrigin(target, 'accepted'), now());
  return {
    accept(message) {
      if (showsReceipts(message.chatJid)) show(message, 'accepted');
    },
    end(run, receipt) {
      for (const target of acceptedOf(run)) {
        supersede(target);
        show(target, receipt);
      }
    },
    drop(run) {
      for (const target of acceptedOf(run)) supersede(target);
    },
  };
}
