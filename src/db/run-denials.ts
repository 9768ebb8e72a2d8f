import { z } from 'zod';
import { EGRESS_DENIAL_REASONS, type EgressDenial } from '../core/egress.ts';
import type { DenialFacts } from '../core/story/facts.ts';
import type { Db } from './database.ts';

/** Destinations of one run that are kept; a program that tries everything fills no disk. */
export const MAX_DENIED_DESTINATIONS = 50;

export interface NewDenials extends EgressDenial {
  readonly runId: string;
  /** How often since the last time that this was called. */
  readonly count: number;
  readonly now: number;
}

export type RunDenials = ReturnType<typeof createRunDenials>;

/** Where the agents of runs wanted to go and might not. */
export function createRunDenials(db: Db) {
  const add = db.prepare<[NewDenials & { max: number }]>(`
    insert into run_denials (run_id, host, port, reason, count, denied_at)
    select :runId, :host, :port, :reason, :count, :now
    where (select count(*) from run_denials where run_id = :runId) < :max
      or exists (select 1 from run_denials where run_id = :runId and host = :host and port = :port)
    on conflict do update set count = count + excluded.count, reason = excluded.reason`);
  return {
    /** Of a run that the database knows. What goes beyond the destinations that are kept is not. */
    add: (denials: NewDenials): void => {
      add.run({ ...denials, max: MAX_DENIED_DESTINATIONS });
    },
  };
}

const denialSchema = z.strictObject({
  host: z.string(),
  port: z.number(),
  reason: z.enum(EGRESS_DENIAL_REASONS),
  count: z.number(),
});

/** What a run was denied, the first first. */
export function readDenials(db: Db, runId: string): DenialFacts[] {
  const rows = db
    .prepare(
      `select host, port, reason, count from run_denials where run_id = ?
       order by denied_at, host, port`,
    )
    .all(runId);
  return rows.map((row) => denialSchema.parse(row));
}
