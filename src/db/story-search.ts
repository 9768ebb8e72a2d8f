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

/**
 * Messages, answers and runs with an id, newest first; those that only begin with it when there is none. The sender
 * chooses a message's id, so that one id may be there several times.
 */
export function findStories(db: Db, search: StorySearch): StoryMatch[] {
  const literal = search.wanted.replace(/[\\%_]/g, '\\$&');
  const exact = findLike(db, search, literal);
  return exact.length > 0 ? exact : findLike(db, search, `${literal}%`);
}

/** Looks through whole tables: nobody waits for it but a person. */
function findLike(db: Db, { chatJid, limit }: StorySearch, pattern: string): StoryMatch[] {
  const like = { pattern, limit, chatJid: chatJid ?? null };
  const matches = [...findMessages(db, like), ...findRuns(db, like), ...findAnswers(db, like)];
  return matches.toSorted((one, other) => other.at - one.at).slice(0, limit);
}

interface Like {
  readonly pattern: string;
  readonly limit: number;
  readonly chatJid: Jid | null;
}

const WHERE = "id like :pattern escape '\\' and (:chatJid is null or chat_jid = :chatJid)";

const messageSchema = z.strictObject({
  seq: z.number(),
  id: z.string(),
  chatJid: z.string(),
  at: z.number(),
});

function findMessages(db: Db, like: Like): StoryMatch[] {
  const rows = db
    .prepare(
      `select seq, id, chat_jid as chatJid, received_at as at from messages
       where ${WHERE} order by seq desc limit :limit`,
    )
    .all(like);
  return rows.map((row) => {
    const { seq, ...match } = messageSchema.parse(row);
    return { ...match, target: { kind: 'message', seq } };
  });
}

const runSchema = z.strictObject({ id: z.string(), chatJid: z.string(), at: z.number() });

function findRuns(db: Db, like: Like): StoryMatch[] {
  const rows = db
    .prepare(
      `select id, chat_jid as chatJid, created_at as at from runs
       where ${WHERE} order by rowid desc limit :limit`,
    )
    .all(like);
  return rows.map((row) => {
    const match = runSchema.parse(row);
    return { ...match, target: { kind: 'run', id: match.id } };
  });
}

const answerSchema = z.strictObject({
  id: z.string(),
  chatJid: z.string(),
  origin: z.string(),
  at: z.number(),
});
type Answer = z.infer<typeof answerSchema>;

/** What was sent outside a run, such as a receipt, has no story of its own. */
function findAnswers(db: Db, like: Like): StoryMatch[] {
  const rows = db
    .prepare(
      `select id, chat_jid as chatJid, origin, created_at as at from outbox
       where ${WHERE} order by seq desc limit :limit`,
    )
    .all(like);
  return rows.flatMap((row) => {
    const { origin, ...match } = answerSchema.parse(row);
    const runId = /^run:([^:]+):/.exec(origin)?.[1] ?? runOfTool(db, { origin, ...match });
    return runId === undefined ? [] : [{ ...match, target: { kind: 'run', id: runId } as const }];
  });
}

/** The run in which an agent sent something by a tool. */
function runOfTool(db: Db, { origin, chatJid, at }: Answer): string | undefined {
  if (!origin.startsWith('ipc:')) return undefined;
  return db
    .prepare<[{ chatJid: string; at: number }], string>(
      `select id from runs
       where chat_jid = :chatJid and created_at <= :at and ifnull(finished_at, :at) >= :at
       order by created_at desc limit 1`,
    )
    .pluck()
    .get({ chatJid, at });
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
