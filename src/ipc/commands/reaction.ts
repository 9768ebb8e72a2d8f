import { reactionCommandSchema } from '@deckhand/protocol';
import type { Now } from '../../clock.ts';
import type { OutboundDraft } from '../../core/message.ts';
import { type Command, defineCommand, type RequestOrigin } from '../command.ts';
import type { DestinationRules } from './destination.ts';
import { type FindMessage, UNKNOWN_MESSAGE } from './target.ts';

export interface DraftCommandDeps {
  readonly rules: DestinationRules;
  readonly findMessage: FindMessage;
  /** Stores a message for delivery inside the transaction that records the request; gives its id. */
  readonly post: (draft: OutboundDraft, origin: RequestOrigin) => string;
  readonly now: Now;
}

/** `messages/`: reacts to a message of the chat. */
export function createReactionCommand({
  rules,
  findMessage,
  post,
  now,
}: DraftCommandDeps): Command {
  return defineCommand({
    type: 'reaction',
    schema: reactionCommandSchema,
    authorize(group, { chatJid, messageId }) {
      const refusal = rules.mayName(group, chatJid);
      if (refusal) return refusal;
      return findMessage(chatJid, messageId) ? rules.takeTurn(group) : UNKNOWN_MESSAGE;
    },
    apply(_db, _group, { chatJid, messageId, emoji }, origin) {
      const found = findMessage(chatJid, messageId);
      const senderJid = found?.isFromMe === false ? found.quoted.senderJid : undefined;
      const target = { id: messageId, ...(senderJid === undefined ? {} : { senderJid }) };
      return { messageId: post({ kind: 'reaction', chatJid, target, emoji, at: now() }, origin) };
    },
  });
}
