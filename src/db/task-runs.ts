import { z } from 'zod';
import type { Jid } from '../core/message.ts';
import type { Db } from './database.ts';

const taskRunSchema = z.strictObject({
  taskId: z.string(),
  /** The slot, unix milliseconds; of a run that somebody asked for, the time of asking. */
  scheduledFor: z.number(),
  kind: z.enum(['slot', 'manual']),
  state: z.enum(['waiting', 'running', 'answered', 'silent', 'not_woken', 'failed', 'skipped']),
  /** When it may start. */
  dueAt: z.number(),
  /** Attempts begun. */
  attempt: z.number(),
  runId: z.string().nullable(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  reason: z.string().nullable(),
  /** Of all attempts, input and output. */
  tokens: z.number(),
  /** A skipped row stands for all slots from `scheduledFor` to before this time. */
  missedUntil: z.number().nullable(),
});
/** One slot of a task and what became of it. */
export type TaskRun = z.infer<typeof taskRunSchema>;
export type TaskRunEnd = 'answered' | 'silent' | 'not_woken' | 'failed' | 'skipped';

const columns = `task_id as taskId, scheduled_for as scheduledFor, r.kind, state, due_at as dueAt, attempt,
  run_id as runId, started_at as startedAt, finished_at as finishedAt, reason, tokens,
  missed_until as missedUntil`;

export interface ClaimedSlot {
  readonly taskId: string;
  readonly scheduledFor: number;
  readonly now: number;
}

export type TaskRuns = ReturnType<typeof createTaskRuns>;

/** Operations on the slots of tasks. A slot is there once, whoever claims it how often. */
export function createTaskRuns(db: Db) {
  const claim = db.prepare(`
    insert into task_runs (task_id, scheduled_for, kind, state, due_at, claimed_at)
    values (:taskId, :scheduledFor, :kind, 'waiting', :scheduledFor, :now)
    on conflict do nothing`);
  const skip = db.prepare(`
    insert into task_runs (task_id, scheduled_for, kind, state, due_at, claimed_at, finished_at, reason,
      missed_until)
    values (:taskId, :scheduledFor, 'slot', 'skipped', :scheduledFor, :now, :now, :reason, :missedUntil)
    on conflict do nothing`);
  const open = db.prepare<[string]>(
    `select ${columns} from task_runs r where task_id = ? and state in ('waiting', 'running')`,
  );
  // Named, because SQLite takes the key, which holds the whole history of the chat's tasks.
  const waitingIn = db.prepare<[{ chatJid: string; now: number }]>(`
    select ${columns} from task_runs r indexed by task_runs_waiting
    join tasks on tasks.id = task_id and tasks.chat_jid = :chatJid
    where state = 'waiting' and due_at <= :now
    order by due_at limit 1`);
  const waitingSince = db.prepare<[number]>(
    `select ${columns} from task_runs r where state = 'waiting' and due_at < ? order by due_at`,
  );
  const waitingChats = db
    .prepare<[number], string>(`
      select chat_jid from task_runs r join tasks on tasks.id = task_id
      where state = 'waiting' and due_at <= ? group by chat_jid order by min(due_at)`)
    .pluck();
  const nextDue = db
    .prepare<[number], number | null>(
      "select min(due_at) from task_runs where state = 'waiting' and due_at > ?",
    )
    .pluck();
  const begin = db.prepare(`
    update task_runs set state = 'running', run_id = :runId, attempt = attempt + 1,
      started_at = coalesce(started_at, :now)
    where task_id = :taskId and scheduled_for = :scheduledFor and state = 'waiting'`);
  const ofRun = db.prepare<[string]>(`select ${columns} from task_runs r where run_id = ?`);
  const finish = db.prepare(`
    update task_runs set state = :state, reason = :reason, finished_at = :now, tokens = tokens + :tokens
    where task_id = :taskId and scheduled_for = :scheduledFor and state in ('waiting', 'running')`);
  const again = db.prepare(`
    update task_runs set state = 'waiting', due_at = :dueAt, reason = :reason
    where task_id = :taskId and scheduled_for = :scheduledFor and state = 'running'`);
  const history = db.prepare<[string, number]>(
    `select ${columns} from task_runs r where task_id = ? order by scheduled_for desc limit ?`,
  );

  return {
    /** False when the slot was claimed before, or another slot of the task is still open. */
    claim: (slot: ClaimedSlot): boolean => claim.run({ ...slot, kind: 'slot' }).changes > 0,
    /** Claims a run that somebody asks for; false while another one of the task is open. */
    runNow(taskId: string, now: number): boolean {
      // Slots are whole seconds: what is asked for must not take the place of one.
      const scheduledFor = now % 1000 === 0 ? now + 1 : now;
      return claim.run({ taskId, scheduledFor, kind: 'manual', now }).changes > 0;
    },
    /** Records that the slots from `scheduledFor` to before `missedUntil` do not run. */
    skip(slot: {
      taskId: string;
      scheduledFor: number;
      missedUntil: number;
      reason: string;
      now: number;
    }): boolean {
      return skip.run(slot).changes > 0;
    },
    /** The slot of a task that waits or runs. */
    openOf: (taskId: string): TaskRun | undefined => toTaskRun(open.get(taskId)),
    /** The slot of a chat that has waited longest. */
    waitingIn: (chatJid: Jid, now: number): TaskRun | undefined =>
      toTaskRun(waitingIn.get({ chatJid, now })),
    /** Slots that could have begun before a time, and have not. */
    waitingSince: (before: number): TaskRun[] =>
      waitingSince.all(before).map((row) => taskRunSchema.parse(row)),
    /** Chats with slots that may start, the longest waiting first. */
    waitingChats: (now: number): Jid[] => waitingChats.all(now),
    /** When the next slot that waits for its time may start. */
    nextDueAt: (after: number): number | undefined => nextDue.get(after) ?? undefined,
    begin({ taskId, scheduledFor }: TaskRun, runId: string, now: number): void {
      begin.run({ taskId, scheduledFor, runId, now });
    },
    /** The slot for which a run is the last attempt. */
    ofRun: (runId: string): TaskRun | undefined => toTaskRun(ofRun.get(runId)),
    finish(
      { taskId, scheduledFor }: TaskRun,
      end: { state: TaskRunEnd; now: number; reason?: string; tokens?: number },
    ): void {
      const { state, now, reason = null, tokens = 0 } = end;
      finish.run({ taskId, scheduledFor, state, now, reason, tokens });
    },
    /** Another attempt, not before `dueAt`. */
    tryAgain({ taskId, scheduledFor }: TaskRun, dueAt: number, reason: string): void {
      again.run({ taskId, scheduledFor, dueAt, reason });
    },
    /** The newest slots of a task, newest first. */
    history: (taskId: string, limit: number): TaskRun[] =>
      history.all(taskId, limit).map((row) => taskRunSchema.parse(row)),
  };
}

function toTaskRun(row: unknown): TaskRun | undefined {
  return row === undefined ? undefined : taskRunSchema.parse(row);
}
