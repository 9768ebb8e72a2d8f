import type { Task } from '../../../src/core/task.ts';
import { type Db, openDatabaseReadonly } from '../../../src/db/database.ts';
import { createTasks } from '../../../src/db/tasks.ts';
import type { SlotFact } from './judge-slots.ts';

/** What is open in the host's database; at rest there is nothing. */
export interface OpenRows {
  readonly messages: number;
  readonly journal: number;
  readonly runs: number;
  readonly attempts: number;
  readonly outbox: number;
  readonly media: number;
  readonly commands: number;
  readonly slots: number;
  readonly dueTasks: number;
}

export interface HostFacts extends Disposable {
  /** `now` by the host's clock. */
  open(now: number): OpenRows;
  /** When the next slot that waits for another attempt may start; undefined without one. */
  nextRetryAt(): number | undefined;
  /** Tasks that run once and have yet to. */
  pendingOnce(): number;
  runOf(messageId: string): string | undefined;
  tasks(): Task[];
  slots(): SlotFact[];
}

/** Tasks of one run that are due within this time are waited for. */
const OPEN = {
  messages: "select count(*) from messages where state in ('pending', 'claimed')",
  journal: 'select count(*) from wa_journal',
  runs: "select count(*) from runs where state = 'running'",
  attempts: 'select count(*) from run_attempts where ended_at is null',
  outbox: "select count(*) from outbox where state = 'pending'",
  media: "select count(*) from media where state = 'pending'",
  commands: "select count(*) from chat_commands where state in ('waiting', 'running')",
  slots: `select count(*) from task_runs
    where state = 'running' or (state = 'waiting' and due_at <= :now)`,
  dueTasks: 'select count(*) from tasks where next_run_at <= :now',
} as const satisfies Record<keyof OpenRows, string>;

/** Reads the database of a host, which may be running. */
export function openHostFacts(databasePath: string): HostFacts {
  const db = openDatabaseReadonly(databasePath);
  const tasks = createTasks(db);
  const counters = Object.entries(OPEN).map(([name, sql]) => [name, count(db, sql)] as const);
  const retry = db
    .prepare<[], number | null>("select min(due_at) from task_runs where state = 'waiting'")
    .pluck();
  const once = db
    .prepare<[], number>(
      "select count(*) from tasks where schedule_type = 'once' and status = 'active'",
    )
    .pluck();
  const run = db
    .prepare<[string], string | null>('select run_id from messages where id = ?')
    .pluck();
  const ids = db.prepare<[], string>('select id from tasks order by created_at').pluck();
  const slots = db.prepare<[], SlotFact>(`
    select task_id as taskId, scheduled_for as scheduledFor, state, missed_until as missedUntil
    from task_runs where kind = 'slot' order by scheduled_for`);
  return {
    open: (now) =>
      Object.fromEntries(counters.map(([name, read]) => [name, read(now)])) as unknown as OpenRows,
    nextRetryAt: () => retry.get() ?? undefined,
    pendingOnce: () => once.get() ?? 0,
    runOf: (messageId) => run.get(messageId) ?? undefined,
    tasks: () => ids.all().flatMap((id) => tasks.find(id) ?? []),
    slots: () => slots.all(),
    [Symbol.dispose]: () => void db.close(),
  };
}

function count(db: Db, sql: string): (now: number) => number {
  const statement = db.prepare<[{ now: number }], number>(sql).pluck();
  return (now) => statement.get({ now }) ?? 0;
}
