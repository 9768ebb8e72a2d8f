import type { InboundMessage, Jid } from '../core/message.ts';
import type { Db } from './database.ts';

/** Behind `after` and up to `until`, unix milliseconds; `limit` times at most. */
export interface Stretch {
  readonly after: number;
  readonly until: number;
  readonly limit: number;
}

type Asked = Pick<InboundMessage, 'chatJid' | 'senderJid' | 'senderAltJid'>;

export type QuestionTimes = ReturnType<typeof createQuestionTimes>;

/** When the questions were sent that were taken, for the limits of how many may be asked. */
export function createQuestionTimes(db: Db) {
  const ofChat = db
    .prepare<[{ chatJid: Jid; after: number; until: number; limit: number }], number>(
      `select sent_at from messages indexed by messages_asked
       where chat_jid = :chatJid and is_trigger = 1 and sent_at > :after and sent_at <= :until
       order by sent_at desc limit :limit`,
    )
    .pluck();
  const ofSender = db
    .prepare<
      [{ chatJid: Jid; jid: Jid; altJid: Jid | null; after: number; until: number; limit: number }],
      number
    >(
      `select sent_at from messages indexed by messages_asked
       where chat_jid = :chatJid and is_trigger = 1 and sent_at > :after and sent_at <= :until
         and sender_jid in (:jid, :altJid)
       order by sent_at desc limit :limit`,
    )
    .pluck();
  return {
    /** The newest ones of a chat in a stretch of time. */
    inChat: (chatJid: Jid, stretch: Stretch): number[] => ofChat.all({ chatJid, ...stretch }),
    /** The same of one person, under either identity. */
    ofSender: ({ chatJid, senderJid: jid, senderAltJid }: Asked, stretch: Stretch): number[] =>
      ofSender.all({ chatJid, jid, altJid: senderAltJid ?? null, ...stretch }),
  };
}
