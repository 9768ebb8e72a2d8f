import { messageCommandSchema } from '@deckhand/protocol';
import type { Now } from '../../clock.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import type { Jid } from '../../core/message.ts';
import {
  type Accepted,
  type Command,
  defineCommand,
  type Refusal,
  type RequestOrigin,
} from '../command.ts';
import { type Rate, TokenBucket } from '../token-bucket.ts';

export interface MessageCommandDeps {
  readonly groups: { get(jid: Jid): RegisteredGroup | undefined };
  /**
   * Stores a text for delivery; called inside the transaction that records the request, on the same
   * database connection.
   */
  enqueueMessage(chatJid: Jid, text: string, origin: RequestOrigin): Accepted;
  readonly now: Now;
  /** How many messages one group may send; more are refused with `rate_limited`. */
  readonly rate?: Rate;
}

/** Far above what an agent needs to report; a flood would get the account banned. */
const MESSAGE_RATE: Rate = { burst: 60, perSecond: 1 };

/** `messages/`: a text to the own chat; the main group may name any registered one. */
export function createMessageCommand(deps: MessageCommandDeps): Command {
  const mayName = (group: RegisteredGroup, chatJid: Jid): Refusal | undefined => {
    if (chatJid === group.jid) return undefined;
    if (!group.isMain) {
      return {
        code: 'not_allowed',
        error: 'This group may send to its own chat only. Use its own chatJid.',
      };
    }
    if (deps.groups.get(chatJid)) return undefined;
    return {
      code: 'unknown_chat',
      error: 'No registered group has this chatJid. Use one of a registered group.',
    };
  };
  const buckets = new Map<string, TokenBucket>();
  const bucketOf = (folder: string): TokenBucket => {
    const bucket = buckets.get(folder) ?? new TokenBucket(deps.rate ?? MESSAGE_RATE, deps.now);
    buckets.set(folder, bucket);
    return bucket;
  };
  return defineCommand({
    type: 'message',
    schema: messageCommandSchema,
    authorize(group, { chatJid, text }) {
      const refusal = text.trim() === '' ? BLANK : mayName(group, chatJid);
      if (refusal) return refusal;
      const waitMs = bucketOf(group.folder).take();
      if (waitMs === 0) return undefined;
      const seconds = Math.ceil(waitMs / 1000);
      return {
        code: 'rate_limited',
        error: `Too many messages at once. Send this one again in ${seconds} s.`,
      };
    },
    apply(_db, _group, { chatJid, text }, origin) {
      const { messageId } = deps.enqueueMessage(chatJid, text, origin);
      return messageId === undefined ? {} : { messageId };
    },
  });
}

const BLANK: Refusal = {
  code: 'malformed',
  error: 'The text is blank. Send one that says something.',
};
