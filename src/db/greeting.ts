import type { Jid } from '../core/message.ts';
import type { Db } from './database.ts';

/** The message by which setup shows that a chat is reached. */
export interface Greeting {
  readonly id: string;
  readonly state: 'pending' | 'acked' | 'rejected';
}

/** Begins the origin of every greeting in the outbox. */
export const GREETING_ORIGIN = 'setup:';

/** The newest greeting of a chat. */
export function findGreeting(db: Db, chatJid: Jid): Greeting | undefined {
  return db
    .prepare<[{ chatJid: Jid; prefix: string }], Greeting>(`
      select id, state from outbox
      where chat_jid = :chatJid and substr(origin, 1, length(:prefix)) = :prefix
      order by seq desc limit 1`)
    .get({ chatJid, prefix: GREETING_ORIGIN });
}
