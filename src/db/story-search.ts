import { z } from 'zod';
import type { Jid } from '../core/message.ts';
import type { Db } from './database.ts';
import type { StoryTarget } from './story.ts';

/** Something whose id was meant, and whose story that leads to. */
export interface StoryMatch {
  readonly target: StoryTarget;
  /** The id that matched: of a message, of one of ours, or of a run. */
  readonly id: string;
  readonly chatJid: Jid;
  /** Unix milliseconds. */
  readonly at: number;
}

export interface StorySearch {
  /** An id or its beginning, in upper or lower case. */
  readonly wanted: string;
  readonly chatJid: Jid | undefined;
  /** Most matches to find. */
  readonly limit: number;
}

const rowSchema = z.strictObject({
  seq: z.number().nullable(),
  runId: z.string().nullable(),
  id: z.string(),
  chatJid: z.string(),
  at: z.number(),
});

/**
 * Messages, answers and runs with an id, newest first; those that only begin with it when there is none. The sender
 * chooses a message's id, so that one id may be there several times.
 */
export function findStories(db: Db, search: StorySearch): StoryMatch[] {
  const literal = search.wanted.replace(/[\\%_]/g, '\\$&');
  const exact = findLike(db, search, literal);
  return exact.length > 0 ? exact : findLike(db, search, `${literal}%`);
}

function findLike(db: Db, { chatJid, limit }: StorySearch, pattern: string): StoryMatch[] {
  // Looks through whole tables: nobody waits for it but a person.
  const rows = db
    .prepare(
      `with candidates as (
         select seq, null as runId, id, chat_jid as chatJid, received_at as at from messages
         union all
         select null, id, id, chat_jid, created_at from runs
         union all
         select null, runs.id, outbox.id, outbox.chat_jid, outbox.created_at
         from outbox join runs on runs.chat_jid = outbox.chat_jid and (
           outbox.origin like 'run:' || runs.id || ':%'
           or (outbox.origin like 'ipc:%' and outbox.created_at
             between runs.created_at and ifnull(runs.finished_at, outbox.created_at)))
         where outbox.id like :pattern escape '\\')
       select * from candidates
       where id like :pattern escape '\\' and (:chatJid is null or chatJid = :chatJid)
       order by at desc limit :limit`,
    )
    .all({ pattern, chatJid: chatJid ?? null, limit });
  return rows.map((row) => toMatch(rowSchema.parse(row)));
}

function toMatch({ seq, runId, ...match }: z.infer<typeof rowSchema>): StoryMatch {
  if (seq !== null) return { ...match, target: { kind: 'message', seq } };
  if (runId !== null) return { ...match, target: { kind: 'run', id: runId } };
  throw new Error(`the match ${match.id} is neither a message nor of a run`);
}

/** What can be said of an id that is in no story. */
export interface SearchedThrough {
  readonly messages: number;
  readonly sent: number;
  readonly runs: number;
  /** When the oldest message came in, unix milliseconds; null when there is none. */
  readonly since: number | null;
  /** It was decrypted, and the host has not taken it in yet. */
  readonly isInJournal: boolean;
}

const throughSchema = z.strictObject({
  messages: z.number(),
  sent: z.number(),
  runs: z.number(),
  since: z.number().nullable(),
  isInJournal: z.number().transform((flag) => flag === 1),
});

export function readSearched(
  db: Db,
  { wanted, chatJid }: Pick<StorySearch, 'wanted' | 'chatJid'>,
): SearchedThrough {
  const row = db
    .prepare(
      `select count(*) as messages, min(received_at) as since,
         (select count(*) from outbox where :chatJid is null or chat_jid = :chatJid) as sent,
         (select count(*) from runs where :chatJid is null or chat_jid = :chatJid) as runs,
         exists (select 1 from wa_journal where message_id = :wanted) as isInJournal
       from messages where :chatJid is null or chat_jid = :chatJid`,
    )
    .get({ wanted, chatJid: chatJid ?? null });
  return throughSchema.parse(row);
}
