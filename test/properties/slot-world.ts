import { expect } from 'vitest';
import { nextSlot, planTask, type Task, type TaskInput } from '../../src/core/task.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createInbox } from '../../src/db/inbox.ts';
import { createOutbox } from '../../src/db/outbox.ts';
import { createRuns } from '../../src/db/runs.ts';
import { createTaskRuns, type TaskRun } from '../../src/db/task-runs.ts';
import { createTasks } from '../../src/db/tasks.ts';
import { createClaimRun } from '../../src/engine/claim-run.ts';
import { createClaimSlots } from '../../src/engine/claim-slots.ts';
import { systemRandomBytes } from '../../src/random.ts';
import { group } from '../engine/world.ts';

/** Around these moments clocks change in Berlin, New York and on Lord Howe Island. */
const STARTS = [Date.UTC(2026, 2, 28, 20), Date.UTC(2026, 9, 24, 20), Date.UTC(2026, 9, 31, 20)];
const FAMILY = group({ jid: '1@g.us', name: 'Family', folder: 'family' });

/** Thrown in the middle of a claim: what the process would have done after it is left out. */
class Crash extends Error {}

/** The tables and claims of tasks, with a clock that jumps and a record of what was begun. */
export class SlotWorld {
  readonly db = openDatabase(':memory:');
  readonly tasks = createTasks(this.db);
  readonly taskRuns = createTaskRuns(this.db);
  nowMs = 0;
  /** Writes that are left until the process dies. */
  #writesLeft = Infinity;
  #nextRun = 0;
  #group: typeof FAMILY | undefined = FAMILY;
  /** Until when each task has been looked at while it was active, unix milliseconds. */
  readonly #seenUntil = new Map<string, number>();
  /** Slots that have ended for good. */
  readonly #ended = new Set<string>();
  readonly #now = () => this.nowMs;
  readonly #claimSlots = createClaimSlots({
    db: this.db,
    tasks: this.#mortal(this.tasks, 'advance'),
    taskRuns: this.#mortal(this.#mortal(this.taskRuns, 'claim'), 'skip'),
    outbox: this.#mortal(createOutbox(this.db), 'enqueue'),
    findGroup: () => this.#group,
    randomBytes: systemRandomBytes,
  });
  readonly #claimRun = createClaimRun({
    db: this.db,
    inbox: createInbox(this.db),
    runs: createRuns(this.db),
    tasks: this.tasks,
    taskRuns: this.taskRuns,
    now: this.#now,
  });

  begin(
    start: number,
    inputs: readonly (Omit<TaskInput, 'prompt'> & { timeZone: string })[],
  ): void {
    for (const table of ['task_runs', 'runs', 'tasks', 'outbox'])
      this.db.exec(`delete from ${table}`);
    this.#seenUntil.clear();
    this.#ended.clear();
    this.#group = FAMILY;
    this.nowMs = STARTS[start] ?? 0;
    for (const [index, { timeZone, ...input }] of inputs.entries()) {
      const planned = planTask({ ...input, prompt: 'x' }, { now: this.nowMs, timeZone });
      const [nextRunAt] = planned.ok ? planned.nextRuns : [];
      if (!planned.ok || nextRunAt === undefined) continue;
      const place = { id: `t${index}`, folder: 'family', chatJid: FAMILY.jid, createdBy: 'test' };
      this.tasks.insert(planned.plan, { ...place, nextRunAt, now: this.nowMs });
    }
  }

  pass(ms: number): void {
    this.nowMs += ms;
  }

  unregister(): void {
    this.#group = undefined;
  }

  claim(): void {
    const due = this.tasks.due(this.nowMs);
    this.#claimSlots(this.nowMs);
    for (const { id } of due) {
      this.#seenUntil.set(id, Math.max(this.nowMs, this.#seenUntil.get(id) ?? 0));
    }
  }

  /** A person pauses every task and lets it go on at once, perhaps after the clock was put back. */
  resumeAll(): void {
    this.claim();
    for (const task of this.tasks.list()) {
      const nextRunAt = nextSlot(task, this.nowMs);
      if (task.status !== 'active' || nextRunAt === undefined) continue;
      this.tasks.setStatus(task.id, { status: 'paused' }, this.nowMs);
      this.tasks.setStatus(task.id, { status: 'active', nextRunAt }, this.nowMs);
    }
  }

  /** The process dies at the given write of a claim, when it has so many: nothing of it must be left. */
  crashInClaim(atWrite: number): void {
    const before = this.#dump();
    this.#writesLeft = atWrite;
    try {
      this.claim();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      expect(this.#dump()).toEqual(before);
    } finally {
      this.#writesLeft = Infinity;
    }
  }

  /** Begins what waits, unless something of the chat still runs. */
  run(): void {
    if (this.#running() !== undefined) return;
    this.#nextRun += 1;
    const id = `run-${this.#nextRun}`;
    const run = this.#claimRun(FAMILY, { id, provider: 'claude', model: 'm' });
    const slot = run && this.taskRuns.ofRun(run.id);
    if (slot !== undefined) expect(this.#ended).not.toContain(keyOf(slot));
  }

  /** Ends what runs, for good or to be tried again. */
  end(how: 'answered' | 'failed' | 'again'): void {
    const slot = this.#running();
    if (slot === undefined) return;
    if (how === 'again') this.taskRuns.tryAgain(slot, this.nowMs + 60_000, 'overloaded');
    else this.taskRuns.finish(slot, { state: how, now: this.nowMs });
    if (how !== 'again') this.#ended.add(keyOf(slot));
    this.db.prepare("update runs set state = 'answered' where state = 'running'").run();
  }

  /** Each slot that has come has a record: its own, or that of slots which were left out together. */
  expectNoneLost(): void {
    for (const task of this.tasks.list()) {
      const rows = this.taskRuns.history(task.id, 100_000);
      for (const slot of slotsUntil(task, this.#seenUntil.get(task.id) ?? 0)) {
        expect([task.scheduleValue, slot, rows.some((row) => holds(row, slot))]).toContain(true);
      }
      for (const { scheduledFor } of rows) {
        expect(nextSlot(task, scheduledFor - 1)).toBe(scheduledFor);
        expect(scheduledFor).toBeLessThanOrEqual(this.#seenUntil.get(task.id) ?? 0);
      }
    }
  }

  #running(): TaskRun | undefined {
    const id = this.db.prepare<[], string>("select id from runs where state = 'running'").pluck();
    return this.taskRuns.ofRun(id.get() ?? '');
  }

  #dump(): unknown {
    return ['tasks', 'task_runs', 'outbox'].map((name) =>
      this.db.prepare(`select * from ${name}`).all(),
    );
  }

  #mortal<T extends object>(store: T, name: keyof T): T {
    const write = store[name] as (...args: unknown[]) => unknown;
    const dying = (...args: unknown[]) => {
      if ((this.#writesLeft -= 1) < 0) throw new Crash('killed');
      return write.apply(store, args);
    };
    return { ...store, [name]: dying };
  }
}

function holds({ scheduledFor, missedUntil }: TaskRun, slot: number): boolean {
  if (missedUntil === null) return scheduledFor === slot;
  return scheduledFor <= slot && slot < missedUntil;
}

function keyOf({ taskId, scheduledFor }: TaskRun): string {
  return `${taskId} ${scheduledFor}`;
}

function slotsUntil(task: Task, until: number): number[] {
  const slots: number[] = [];
  let slot = nextSlot(task, task.createdAt);
  while (slot !== undefined && slot <= until) {
    slots.push(slot);
    slot = nextSlot(task, slot);
  }
  return slots;
}
