import type { Jid, TargetMessage } from '../core/message.ts';
import { describeOutbound } from '../core/outbound/describe.ts';
import type { MessageLookup } from '../db/message-lookup.ts';
import type { Outbox } from '../db/outbox.ts';

export type FindMessage = (chatJid: Jid, id: string) => TargetMessage | undefined;

export interface FindMessageDeps {
  readonly outbox: Outbox;
  readonly lookup: MessageLookup;
  /** Who we are, once that is known. */
  readonly ownJid: () => Jid | undefined;
}

/** Finds what a request or an answer refers to, in what was sent first, then in what came in. */
export function createFindMessage({ outbox, lookup, ownJid }: FindMessageDeps): FindMessage {
  return (chatJid, id) => {
    const sent = outbox.find(id);
    if (sent !== undefined && sent.message.chatJid === chatJid) {
      const { message, createdAt } = sent;
      if (message.kind === 'reaction' || message.kind === 'edit') return undefined;
      const own = ownJid();
      const author = own === undefined ? {} : { senderJid: own };
      return {
        quoted: { id, ...author, text: describeOutbound(message) },
        isFromMe: true,
        ...(message.kind === 'text' ? { textSentAt: createdAt } : {}),
      };
    }
    const received = lookup.find(chatJid, id);
    if (received === undefined) return undefined;
    const { senderJid, text, isFromMe } = received;
    return { quoted: { id, senderJid, text }, isFromMe };
  };
}
