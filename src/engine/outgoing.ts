import type { Now } from '../clock.ts';
import type { Jid, OutboundDraft, QuotedMessage } from '../core/message.ts';
import { toMessageId } from '../core/message-id.ts';
import { addMentions, type KnownPerson } from '../core/outbound/mentions.ts';
import { renderAnswer } from '../core/outbound/render-answer.ts';
import type { MessageLookup } from '../db/message-lookup.ts';
import type { Outbox } from '../db/outbox.ts';
import type { RandomBytes } from '../random.ts';

export interface OutgoingDeps {
  readonly lookup: Pick<MessageLookup, 'people'>;
  readonly outbox: Pick<Outbox, 'enqueue'>;
  /** The chat has something to send. */
  readonly onOutbox: (chatJid: Jid) => void;
  readonly now: Now;
  readonly randomBytes: RandomBytes;
}

export interface TextOptions {
  readonly quoted?: QuotedMessage;
  readonly mentions?: readonly Jid[];
}

/** Puts messages into the outbox that are no answer of a run. May be called within a transaction. */
export interface Outgoing {
  /** A text, once per origin; gives the id of its first message. It is sent after the transaction. */
  enqueue(chatJid: Jid, text: string, origin: string, options?: TextOptions): string | undefined;
  /** One message of any kind, likewise. */
  post(draft: OutboundDraft, origin: string): string;
}

export function createOutgoing({
  lookup,
  outbox,
  onOutbox,
  now,
  randomBytes,
}: OutgoingDeps): Outgoing {
  const peopleFor = (chatJid: Jid, text: string): KnownPerson[] =>
    text.includes('@') ? lookup.people(chatJid) : [];
  const post = (draft: OutboundDraft, origin: string): string => {
    const id = outbox.enqueue({ ...draft, id: toMessageId(randomBytes(9)) }, origin, now());
    onOutbox(draft.chatJid);
    return id;
  };
  return {
    post,
    enqueue(chatJid, text, origin, { quoted, mentions } = {}) {
      const [first] = renderAnswer(text).map((part, index) => {
        const isFirst = index === 0;
        const message = {
          kind: 'text' as const,
          chatJid,
          ...addMentions(part, peopleFor(chatJid, part), isFirst ? mentions : []),
          ...(isFirst && quoted !== undefined ? { quoted } : {}),
        };
        return post(message, `${origin}:${index}`);
      });
      return first;
    },
  };
}
