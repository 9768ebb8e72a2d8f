import { z } from 'zod';
import type { Jid } from '../core/message.ts';
import type { Db } from './database.ts';

const KEY = 'link_open';

/** A moment at which the link was open and everything sent before it had come in. */
export interface LinkMark {
  /** Unix milliseconds. */
  readonly at: number;
  /** The newest message of that moment: unlike times, its place in the order is not moved by a changed clock. */
  readonly seq: number;
}

const markSchema: z.ZodType<LinkMark> = z.strictObject({ at: z.number(), seq: z.number() });

export type LinkTimes = ReturnType<typeof createLinkTimes>;

/** Remembers over restarts when the link was last open. */
export function createLinkTimes(db: Db) {
  const find = db.prepare<[string], string>('select value from settings where key = ?').pluck();
  const newest = db.prepare<[], number>('select ifnull(max(seq), 0) from messages').pluck();
  const store = db.prepare(`
    insert into settings (key, value) values (:key, :value)
    on conflict (key) do update set value = excluded.value`);
  // The index of chats would serve the grouping, and be read from end to end.
  const stale = db.prepare<[number], { chatJid: Jid; count: number }>(`
    select chat_jid as chatJid, count(*) as count from messages not indexed
    where seq > ? and decision = 'stale' group by chat_jid order by min(seq)`);
  return {
    /** Undefined before the link was open for the first time. */
    last(): LinkMark | undefined {
      const value = find.get(KEY);
      return value === undefined ? undefined : markSchema.parse(JSON.parse(value));
    },
    mark(at: number): LinkMark {
      const mark = { at, seq: newest.get() ?? 0 };
      store.run({ key: KEY, value: JSON.stringify(mark) });
      return mark;
    },
    /** How many questions each chat has that came in after a mark, too late to be answered. */
    staleSince: ({ seq }: LinkMark) => stale.all(seq),
  };
}
