import type { Jid } from '../core/message.ts';
import type { KnownPerson } from '../core/outbound/mentions.ts';
import type { Db } from './database.ts';

/** A message of others, or of the owner's own phone. */
export interface ReceivedMessage {
  readonly id: string;
  readonly senderJid: Jid;
  readonly text: string;
  readonly isFromMe: boolean;
}

/** Newest messages whose authors count as present. */
const PEOPLE_OF_LAST = 500;

export type MessageLookup = ReturnType<typeof createMessageLookup>;

/** Looks into what was said in a chat. */
export function createMessageLookup(db: Db) {
  const find = db.prepare<
    [string, string],
    { sender_jid: string; text: string; is_from_me: number }
  >(
    `select sender_jid, text, is_from_me from messages
     where chat_jid = ? and id = ? and decision is not 'dropped' order by seq limit 1`,
  );
  const people = db.prepare<[string], KnownPerson>(`
    select sender_jid as jid, sender_name as name, max(seq) from (
      select sender_jid, sender_name, seq, is_from_me, decision from messages
      where chat_jid = ? order by seq desc limit ${PEOPLE_OF_LAST})
    where is_from_me = 0 and decision is not 'dropped' group by sender_jid`);
  const senders = db
    .prepare<[string], string>(`
      select sender_jid from (
        select sender_jid, seq, is_from_me from messages
        where chat_jid = ? order by seq desc limit ${PEOPLE_OF_LAST})
      where is_from_me = 0 group by sender_jid order by max(seq) desc`)
    .pluck();
  return {
    /** The first message of the chat with this id, which its sender chose. */
    find(chatJid: Jid, id: string): ReceivedMessage | undefined {
      const row = find.get(chatJid, id);
      if (row === undefined) return undefined;
      const { sender_jid: senderJid, text, is_from_me: fromMe } = row;
      return { id, senderJid, text, isFromMe: fromMe === 1 };
    },
    /** Who has written lately, with the last name of each. */
    people: (chatJid: Jid): KnownPerson[] =>
      people.all(chatJid).map(({ jid, name }) => ({ jid, name })),
    /** Who has written lately, also what was dropped, the latest first. */
    senders: (chatJid: Jid): Jid[] => senders.all(chatJid),
  };
}
