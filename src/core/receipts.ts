import type { InboundMessage, Jid, OutboundReaction } from './message.ts';

/** What the author of a question sees at it: it was taken up, it was answered, or it was not. */
export type Receipt = 'accepted' | RunReceipt;
/** How the run ended that a question was given to. */
export type RunReceipt = 'answered' | 'failed';

/** WhatsApp keeps one reaction per person and message, so that the later receipt replaces the earlier one. */
const EMOJI: Readonly<Record<Receipt, string>> = { accepted: '👀', answered: '✅', failed: '⚠️' };

/** The question, as far as a reaction has to name it. */
export type ReceiptTarget = Pick<InboundMessage, 'chatJid' | 'senderJid' | 'id' | 'isFromMe'>;

/** How the origins of receipts in the outbox begin; nothing else's does. */
export const RECEIPT_ORIGIN = 'receipt:';

/** `at` in unix milliseconds. */
export function receiptReaction(
  { chatJid, senderJid, id, isFromMe }: ReceiptTarget,
  receipt: Receipt,
  at: number,
): Omit<OutboundReaction, 'id'> {
  const target = isFromMe ? { id } : { id, senderJid };
  return { kind: 'reaction', chatJid, target, emoji: EMOJI[receipt], at };
}

/** The same for the same message and stage, so that neither is there twice. */
export function receiptOrigin(target: ReceiptTarget, receipt: Receipt): string {
  const stage = receipt === 'accepted' ? 'accepted' : 'ended';
  return `${RECEIPT_ORIGIN}${identity(target)}:${stage}`;
}

function identity({ chatJid, senderJid, id }: { chatJid: Jid; senderJid: Jid; id: string }) {
  return `${chatJid}:${senderJid}:${id}`;
}
