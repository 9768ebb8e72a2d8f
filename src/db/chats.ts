import type { InboundMessage, Jid } from '../core/message.ts';
import type { Db } from './database.ts';

export interface KnownChat {
  readonly jid: Jid;
  readonly name: string;
  readonly isGroup: boolean;
  readonly lastMessageAt: number;
}

export type Chats = ReturnType<typeof createChats>;

/** Chats that were seen, registered or not: what `groups list --all` offers. No message texts. */
export function createChats(db: Db) {
  const touch = db.prepare(`
    insert into chats (jid, is_group, last_message_at) values (:jid, :isGroup, :at)
    on conflict (jid) do update set last_message_at = max(last_message_at, :at)`);
  const rename = db.prepare(`
    insert into chats (jid, name, is_group, last_message_at) values (:jid, :name, :isGroup, 0)
    on conflict (jid) do update set name = :name`);
  const all = db.prepare<
    [],
    { jid: string; name: string; is_group: number; last_message_at: number }
  >('select jid, name, is_group, last_message_at from chats order by last_message_at desc');
  return {
    touch(message: InboundMessage): void {
      touch.run({
        jid: message.chatJid,
        isGroup: Number(message.isGroup),
        at: message.sentAt,
      });
    },
    /** In one transaction: an account may be in a thousand groups. */
    rename: db.transaction((chats: readonly Pick<KnownChat, 'jid' | 'name'>[]): void => {
      for (const { jid, name } of chats) {
        rename.run({ jid, name, isGroup: Number(jid.endsWith('@g.us')) });
      }
    }),
    all: (): KnownChat[] =>
      all.all().map((row) => ({
        jid: row.jid,
        name: row.name,
        isGroup: row.is_group === 1,
        lastMessageAt: row.last_message_at,
      })),
  };
}
