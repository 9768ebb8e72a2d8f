import { z } from 'zod';
import { passedModelSchema } from '../core/fallback.ts';
import type { Jid } from '../core/message.ts';
import type {
  AttemptFacts,
  QueueFacts,
  RunFacts,
  SentFacts,
  SlotFacts,
} from '../core/story/facts.ts';
import type { Db } from './database.ts';

const runSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['messages', 'task']),
  chatJid: z.string(),
  folder: z.string(),
  state: z.enum(['running', 'answered', 'failed', 'cancelled']),
  createdAt: z.number(),
  finishedAt: z.number().nullable(),
  model: z.string().nullable(),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  passed: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(passedModelSchema.array()),
  questions: z.number(),
});

/** A run as a story needs it. */
export interface FoundRun extends RunFacts {
  readonly chatJid: Jid;
}

export function runIdOf(db: Db, messageSeq: number): string | undefined {
  const id = db
    .prepare<[number], string | null>('select run_id from messages where seq = ?')
    .pluck()
    .get(messageSeq);
  return id ?? undefined;
}

export function readRunFacts(db: Db, id: string): FoundRun | undefined {
  const row = db
    .prepare(
      `select id, kind, chat_jid as chatJid, folder, state, created_at as createdAt, finished_at as finishedAt,
         model, reason, detail, passed_json as passed,
         (select count(*) from messages where run_id = runs.id and is_trigger = 1) as questions
       from runs where id = ?`,
    )
    .get(id);
  return row === undefined ? undefined : runSchema.parse(row);
}

const attemptSchema = z.strictObject({
  attempt: z.number(),
  provider: z.string(),
  model: z.string(),
  startedAt: z.number(),
  containerId: z.string().nullable(),
  containerAt: z.number().nullable(),
  firstEventAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  outcome: z.enum(['answered', 'failed', 'left']).nullable(),
  class: z.string().nullable(),
  detail: z.string().nullable(),
  tools: z.number(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
});

export function readAttempts(db: Db, runId: string): AttemptFacts[] {
  const rows = db
    .prepare(
      `select attempt, provider, model, started_at as startedAt, container_id as containerId,
         container_at as containerAt, first_event_at as firstEventAt, ended_at as endedAt, outcome, class, detail,
         tools, input_tokens as inputTokens, output_tokens as outputTokens
       from run_attempts where run_id = ? order by attempt`,
    )
    .all(runId);
  return rows.map((row) => attemptSchema.parse(row));
}

const slotSchema = z.strictObject({
  taskId: z.string(),
  scheduledFor: z.number(),
  state: z.string(),
});

/** Undefined too when a later run has taken the slot over. */
export function readSlot(db: Db, runId: string): SlotFacts | undefined {
  const row = db
    .prepare(
      'select task_id as taskId, scheduled_for as scheduledFor, state from task_runs where run_id = ?',
    )
    .get(runId);
  return row === undefined ? undefined : slotSchema.parse(row);
}

const sentSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  isByTool: z.number().transform((flag) => flag === 1),
  state: z.enum(['pending', 'acked', 'rejected']),
  attempts: z.number(),
  createdAt: z.number(),
  settledAt: z.number().nullable(),
  reason: z.string().nullable(),
});

/** What a run has put into the outbox for its chat: its answer, and what its agent sent by tools meanwhile. */
export function readSent(
  db: Db,
  run: Pick<FoundRun, 'id' | 'chatJid' | 'folder' | 'createdAt' | 'finishedAt'>,
): SentFacts[] {
  const { id, chatJid, folder, createdAt, finishedAt } = run;
  // ";" follows ":": the range holds what begins with the run's id and uses the index of origins.
  const rows = db
    .prepare(
      `select id, ifnull(payload_json ->> '$.kind', 'text') as kind, isByTool, state, attempts,
         created_at as createdAt, settled_at as settledAt, reason
       from (
         select *, 0 as isByTool from outbox
         where origin >= 'run:' || :id || ':' and origin < 'run:' || :id || ';'
         union all
         select *, 1 as isByTool from outbox
         where chat_jid = :chatJid and created_at between :createdAt and ifnull(:finishedAt, 9e15)
           and substr(origin, 1, length(:prefix)) = :prefix)
       order by seq`,
    )
    .all({ id, chatJid, createdAt, finishedAt, prefix: `ipc:${folder}:` });
  return rows.map((row) => sentSchema.parse(row));
}

const queueSchema = z.strictObject({
  isChatBusy: z.number().transform((flag) => flag === 1),
  running: z.number(),
  ahead: z.number(),
});

/** What a message that waits has before it. */
export function readQueue(db: Db, chatJid: Jid, seq: number): QueueFacts {
  const row = db
    .prepare(
      `select
         exists (select 1 from runs where state = 'running' and chat_jid = :chatJid) as isChatBusy,
         (select count(*) from runs where state = 'running' and chat_jid <> :chatJid) as running,
         (select count(distinct chat_jid) from messages
          where state = 'pending' and chat_jid <> :chatJid and seq < :seq) as ahead`,
    )
    .get({ chatJid, seq });
  return queueSchema.parse(row);
}
