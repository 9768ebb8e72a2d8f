import { z } from 'zod';
import type { Db } from './database.ts';

const questionSchema = z.strictObject({
  seq: z.number(),
  id: z.string(),
  senderJid: z.string(),
  senderName: z.string(),
  /** Unix milliseconds. */
  sentAt: z.number(),
  receivedAt: z.number(),
});
/** A message that a run answers, without its text. */
export type RunQuestion = z.infer<typeof questionSchema>;

/** The messages that asked for a run, oldest first. */
export function listQuestions(db: Db, runId: string): RunQuestion[] {
  const rows = db
    .prepare(
      `select seq, id, sender_jid as senderJid, sender_name as senderName, sent_at as sentAt,
         received_at as receivedAt
       from messages where run_id = ? and is_trigger = 1 order by seq`,
    )
    .all(runId);
  return rows.map((row) => questionSchema.parse(row));
}

/** How many messages a run was given beside those that asked for it. */
export function countContext(db: Db, runId: string): number {
  const count = db
    .prepare<[string], number>('select count(*) from messages where run_id = ? and is_trigger = 0')
    .pluck();
  return count.get(runId) ?? 0;
}
