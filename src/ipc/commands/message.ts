import { messageCommandSchema } from '@deckhand/protocol';
import type { Jid, QuotedMessage } from '../../core/message.ts';
import { renderAnswer } from '../../core/outbound/render-answer.ts';
import {
  type Accepted,
  type Command,
  defineCommand,
  type Refusal,
  type RequestOrigin,
} from '../command.ts';
import type { DestinationRules } from './destination.ts';
import { type FindMessage, UNKNOWN_MESSAGE } from './target.ts';

export interface PostOptions {
  readonly quoted?: QuotedMessage;
  readonly mentions?: readonly Jid[];
}

export interface MessageCommandDeps {
  readonly rules: DestinationRules;
  readonly findMessage: FindMessage;
  /**
   * Stores a text for delivery; called inside the transaction that records the request, on the same
   * database connection.
   */
  enqueueMessage(chatJid: Jid, text: string, origin: RequestOrigin, options: PostOptions): Accepted;
}

/** `messages/`: a text to the own chat; the main group may name any registered one. */
export function createMessageCommand({ rules, ...deps }: MessageCommandDeps): Command {
  return defineCommand({
    type: 'message',
    schema: messageCommandSchema,
    authorize(group, { chatJid, text, replyTo }) {
      const refusal = text.trim() === '' ? BLANK : rules.mayName(group, chatJid);
      if (refusal) return refusal;
      if (replyTo !== undefined && deps.findMessage(chatJid, replyTo) === undefined)
        return UNKNOWN_MESSAGE;
      return rules.takeTurn(group, () => renderAnswer(text).length);
    },
    apply(_db, _group, { chatJid, text, replyTo, mentions = [] }, origin) {
      const target = replyTo === undefined ? undefined : deps.findMessage(chatJid, replyTo);
      const options: PostOptions = {
        mentions,
        ...(target === undefined ? {} : { quoted: target.quoted }),
      };
      const { messageId } = deps.enqueueMessage(chatJid, text, origin, options);
      return messageId === undefined ? {} : { messageId };
    },
  });
}

const BLANK: Refusal = {
  code: 'malformed',
  error: 'The text is blank. Send one that says something.',
};
