import { z } from 'zod';
import type { Db } from './database.ts';

const runSummarySchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['messages', 'task']),
  chatJid: z.string(),
  folder: z.string(),
  state: z.enum(['running', 'answered', 'failed', 'cancelled']),
  /** Full name of the model of the last attempt. */
  model: z.string().nullable(),
  attempt: z.number(),
  createdAt: z.number(),
  finishedAt: z.number().nullable(),
  reason: z.string().nullable(),
  /** Of all attempts where they are kept, else of the last one. */
  inputTokens: z.number(),
  outputTokens: z.number(),
});
/** A run as lists show it. Times in unix milliseconds. */
export type RunSummary = z.infer<typeof runSummarySchema>;

const columns = `id, kind, chat_jid as chatJid, folder, state, model, attempt, created_at as createdAt,
  finished_at as finishedAt, reason,
  coalesce((select sum(input_tokens) from run_attempts where run_id = id), input_tokens, 0) as inputTokens,
  coalesce((select sum(output_tokens) from run_attempts where run_id = id), output_tokens, 0) as outputTokens`;

/** What runs have been, for people who look back; nothing on the way of a message asks it. */
export function createRunHistory(db: Db) {
  // Rows are in the order of their making, for which there is no index of its own.
  const newest = db.prepare(
    `select ${columns} from runs
     where (:group is null or folder = :group or chat_jid = :group) and (:state is null or state = :state)
     order by rowid desc limit :limit`,
  );
  const begin = db
    .prepare<[{ pattern: string; limit: number }], string>(
      `select id from runs where id like :pattern escape '\\' or id like 'run-' || :pattern escape '\\'
       order by rowid desc limit :limit`,
    )
    .pluck();
  const find = db.prepare<[string]>(`select ${columns} from runs where id = ?`);
  const askedAt = db
    .prepare<[string], number | null>(
      'select min(received_at) from messages where run_id = ? and is_trigger = 1',
    )
    .pluck();
  const delivered = db
    .prepare<[{ first: string; end: string }], number | null>(
      "select max(settled_at) from outbox where origin >= :first and origin < :end and state = 'acked'",
    )
    .pluck();
  return {
    /** The newest first, of all or of one group: its folder or its chat. */
    list: (limit: number, group?: string, state?: RunSummary['state']): RunSummary[] =>
      newest
        .all({ limit, group: group ?? null, state: state ?? null })
        .map((row) => runSummarySchema.parse(row)),
    /** Ids that begin so, with or without their `run-`; the newest first. */
    findIds: (beginning: string, limit: number): string[] =>
      begin.all({ pattern: `${beginning.replace(/[\\%_]/g, '\\$&')}%`, limit }),
    find(id: string): RunSummary | undefined {
      const row = find.get(id);
      return row === undefined ? undefined : runSummarySchema.parse(row);
    },
    /** When the oldest message that it answers came in. */
    askedAt: (id: string): number | undefined => askedAt.get(id) ?? undefined,
    /** When WhatsApp had the last part of the answer. */
    deliveredAt: (id: string): number | undefined =>
      delivered.get({ first: `run:${id}:`, end: `run:${id};` }) ?? undefined,
  };
}
