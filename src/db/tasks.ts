import { z } from 'zod';
import { SCHEDULE_TYPES } from '../core/schedule/schedule.ts';
import { CONTEXT_MODES, TASK_STATUSES, type Task, type TaskPlan } from '../core/task.ts';
import type { Db } from './database.ts';

/** A row as it is; the names of its columns are those of a {@link Task}. */
const taskSchema = z.strictObject({
  id: z.string(),
  folder: z.string(),
  chatJid: z.string(),
  prompt: z.string(),
  script: z.string().nullable(),
  scheduleType: z.enum(SCHEDULE_TYPES),
  scheduleValue: z.string(),
  timeZone: z.string(),
  anchorAt: z.number(),
  contextMode: z.enum(CONTEXT_MODES),
  status: z.enum(TASK_STATUSES),
  statusReason: z.string().nullable(),
  nextRunAt: z.number().nullable(),
  failures: z.number(),
  createdBy: z.string(),
  createdAt: z.number(),
});

const columns = `id, folder, chat_jid as chatJid, prompt, script, schedule_type as scheduleType,
  schedule_value as scheduleValue, time_zone as timeZone, anchor_at as anchorAt,
  context_mode as contextMode, status, status_reason as statusReason, next_run_at as nextRunAt,
  failures, created_by as createdBy, created_at as createdAt`;

export interface NewTask {
  readonly id: string;
  readonly folder: string;
  readonly chatJid: string;
  /** Who asked for it: `agent:<folder>` or `cli`. */
  readonly createdBy: string;
  readonly nextRunAt: number;
  readonly now: number;
}

/** `nextRunAt` belongs to `active` alone. */
export type StatusChange =
  | { readonly status: 'active'; readonly nextRunAt: number }
  | { readonly status: 'paused' | 'done' | 'cancelled'; readonly reason?: string };

export type Tasks = ReturnType<typeof createTasks>;

/** Operations on scheduled tasks. Each is one or two statements; callers join them in transactions. */
export function createTasks(db: Db) {
  const insert = db.prepare(`
    insert into tasks (id, folder, chat_jid, prompt, script, schedule_type, schedule_value, time_zone,
      anchor_at, context_mode, status, next_run_at, created_by, created_at, updated_at)
    values (:id, :folder, :chatJid, :prompt, :script, :scheduleType, :scheduleValue, :timeZone,
      :anchorAt, :contextMode, 'active', :nextRunAt, :createdBy, :now, :now)`);
  const update = db.prepare(`
    update tasks set prompt = :prompt, script = :script, schedule_type = :scheduleType,
      schedule_value = :scheduleValue, time_zone = :timeZone, anchor_at = :anchorAt,
      context_mode = :contextMode, updated_at = :now,
      next_run_at = case when status = 'active' then :nextRunAt end
    where id = :id`);
  const setStatus = db.prepare(`
    update tasks set status = :status, status_reason = :reason, next_run_at = :nextRunAt,
      failures = case when :status = 'active' then 0 else failures end, updated_at = :now
    where id = :id`);
  const dropWaiting = db.prepare(`
    update task_runs set state = 'skipped', reason = :status, finished_at = :now
    where task_id = :id and state = 'waiting'`);
  const advance = db.prepare(`
    update tasks set next_run_at = :nextRunAt, status = :status, updated_at = :now where id = :id`);
  const setFailures = db.prepare('update tasks set failures = :failures where id = :id');
  const find = db.prepare<[string]>(`select ${columns} from tasks where id = ?`);
  const all = db.prepare<[]>(`select ${columns} from tasks order by folder, created_at, id`);
  const ofFolder = db.prepare<[string]>(
    `select ${columns} from tasks where folder = ? order by created_at, id`,
  );
  const countOpen = db
    .prepare<[string], number>(
      "select count(*) from tasks where folder = ? and status in ('active', 'paused')",
    )
    .pluck();
  const due = db.prepare<[number]>(
    `select ${columns} from tasks where next_run_at <= ? order by next_run_at, id`,
  );
  const nextDue = db
    .prepare<[], number | null>('select min(next_run_at) from tasks where next_run_at is not null')
    .pluck();

  return {
    /** Adds an active task. */
    insert(plan: TaskPlan, task: NewTask): void {
      insert.run({ ...plan, script: plan.script ?? null, ...task });
    },
    /** Replaces what is done and when; a paused task stays paused. */
    update(id: string, plan: TaskPlan, nextRunAt: number, now: number): void {
      update.run({ ...plan, script: plan.script ?? null, id, nextRunAt, now });
    },
    /** Slots that were claimed and have not begun are skipped when the task does not go on. */
    setStatus(id: string, change: StatusChange, now: number): void {
      const { status } = change;
      const nextRunAt = change.status === 'active' ? change.nextRunAt : null;
      const reason = change.status === 'active' ? null : (change.reason ?? null);
      setStatus.run({ id, status, nextRunAt, reason, now });
      if (status === 'paused' || status === 'cancelled') dropWaiting.run({ id, status, now });
    },
    /** Goes on to the next slot; without one the task is done. */
    advance(id: string, nextRunAt: number | undefined, now: number): void {
      const status = nextRunAt === undefined ? 'done' : 'active';
      advance.run({ id, nextRunAt: nextRunAt ?? null, status, now });
    },
    setFailures(id: string, failures: number): void {
      setFailures.run({ id, failures });
    },
    find(id: string): Task | undefined {
      const row = find.get(id);
      return row === undefined ? undefined : toTask(row);
    },
    /** Tasks of one group, or of all, in whatever status. */
    list: (folder?: string): Task[] =>
      (folder === undefined ? all.all() : ofFolder.all(folder)).map(toTask),
    /** How many tasks of a group are active or paused. */
    countOpen: (folder: string): number => countOpen.get(folder) ?? 0,
    due: (now: number): Task[] => due.all(now).map(toTask),
    /** When the next slot of any task is due. */
    nextDueAt: (): number | undefined => nextDue.get() ?? undefined,
  };
}

function toTask(row: unknown): Task {
  const { script, ...task } = taskSchema.parse(row);
  return script === null ? task : { ...task, script };
}
