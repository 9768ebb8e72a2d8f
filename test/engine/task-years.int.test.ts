import { expect, test } from 'vitest';
import type { TaskRun } from '../../src/db/task-runs.ts';
import { createTasks, type Tasks } from '../../src/db/tasks.ts';
import { answer, type FakeRun } from '../fakes/fake-runner.ts';
import { createChance, everySlot, expressionOf, type PlainCron } from './simulated-years.ts';
import { schedule, slotsOf } from './task-world.ts';
import { World } from './world.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const END = Date.UTC(2028, 0, 1);
const SLOTS = 100_000;
/** A bound for what hangs: two years take some three minutes of a processor, which is shared with all else. */
const TIMEOUT_MS = 1_800_000;

const SILENT = answer('<internal>nothing</internal>');

/** Two years in three zones, around the hours in which clocks change and all day. */
const CRONS: readonly PlainCron[] = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
].flatMap((timeZone) => [
  { minutes: [0, 30], timeZone },
  { minutes: [0, 15, 30, 45], hours: [1, 2, 3], timeZone },
  { minutes: [30], hours: [2], timeZone },
]);

/** Lets years pass over one host after another; the agents' work that was seen to its end is counted. */
class Years {
  readonly world = new World();
  readonly done = new Map<string, number>();
  readonly #chance: () => number;
  restarts = 0;
  #tasks: Tasks | undefined;

  constructor(seed: number) {
    this.#chance = createChance(seed);
    this.world.nowMs = START;
  }

  /** With the container that an earlier host left, when its agent has gone on. */
  start(left?: FakeRun): void {
    const engine = this.world.startHost();
    this.#tasks = createTasks(this.world.db!);
    // The processes die here, the machine does not.
    this.world.db?.pragma('synchronous = OFF');
    this.world.runner.respond = (run) => this.#work(run);
    if (left !== undefined) {
      this.world.runner.adoptable.set(left.request.runId, this.#work(left));
    }
    this.world.open();
    expect(engine.load.running).toBeLessThanOrEqual(5);
  }

  async live(): Promise<void> {
    this.start();
    for (;;) {
      const due = this.#tasks?.nextDueAt();
      if (due === undefined || due > END) return;
      // A timer comes late, never early.
      this.world.nowMs = Math.max(this.world.nowMs, due + Math.floor(this.#chance() * 2_000));
      if (this.#chance() < 0.01) await this.#crash();
      else {
        this.world.engine?.onTasksChanged();
        await Promise.resolve();
        await this.world.engine?.idle();
      }
      if (this.#chance() < 0.002) this.world.nowMs += (this.#chance() < 0.5 ? -1 : 1) * HOUR;
    }
  }

  /** At a moment when slots are due: before the claim, in the queue, or while the agents work. */
  async #crash(): Promise<void> {
    this.restarts += 1;
    const chance = this.#chance();
    let left: FakeRun | undefined;
    if (chance > 0.3) {
      this.world.maxConcurrentContainers = 1;
      this.world.runner.respond = (run) => {
        left = run;
        return undefined;
      };
      this.world.engine?.onTasksChanged();
      await Promise.resolve();
      if (chance > 0.6) await new Promise(setImmediate);
    }
    this.world.crash();
    const longest = this.#chance() < 0.1 ? 72 * HOUR : 3 * HOUR;
    this.world.nowMs += Math.floor(this.#chance() ** 3 * longest);
    this.world.maxConcurrentContainers = 5;
    this.start(this.#chance() < 0.5 ? left : undefined);
    await this.world.engine?.idle();
  }

  #work(run: FakeRun) {
    const [, id = '', planned = ''] =
      /id="([^"]+)" planned="([^"]+)"/.exec(run.request.prompt) ?? [];
    const key = `${id} ${planned}`;
    this.done.set(key, (this.done.get(key) ?? 0) + 1);
    return SILENT;
  }
}

/** The slots that no row accounts for. */
function findLost(slots: ReadonlySet<number>, rows: readonly TaskRun[]): number[] {
  const claimed = new Set(rows.map((row) => row.scheduledFor));
  const gaps = rows.filter((row) => row.missedUntil !== null);
  return [...slots].filter(
    (slot) =>
      !claimed.has(slot) &&
      !gaps.some((gap) => gap.scheduledFor <= slot && slot < (gap.missedUntil ?? 0)),
  );
}

test(
  'over two years with crashes, sleep and changed clocks no slot runs twice and none is lost',
  async () => {
    const seed = Number(process.env['TASK_YEARS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const years = new Years(seed);
    await using world = years.world;
    years.start();
    CRONS.forEach((cron) => {
      const scheduleValue = expressionOf(cron);
      schedule(
        world,
        { scheduleType: 'cron', scheduleValue, contextMode: 'isolated' },
        cron.timeZone,
      );
    });
    world.crash();
    await years.live();
    const { lost, surplus, total, doubled } = count(years);
    process.stdout.write(
      `${total} slots, ${years.done.size} runs, ${years.restarts} restarts, seed ${seed}\n`,
    );
    const nothing = { lost: [], surplus: [], doubled: [] };
    expect({ seed, lost, surplus, doubled }).toEqual({ seed, ...nothing });
    expect(total).toBeGreaterThanOrEqual(SLOTS);
    // Leaving slots out with a record is not the way to lose none.
    expect(years.done.size).toBeGreaterThan(total * 0.8);
    expect(years.restarts).toBeGreaterThan(100);
  },
  TIMEOUT_MS,
);

function count({ world, done }: Years) {
  let total = 0;
  const lost: string[] = [];
  const surplus: string[] = [];
  for (const [index, cron] of CRONS.entries()) {
    const id = `task-${index + 1}`;
    const slots = everySlot(cron, START, world.nowMs);
    const next = createTasks(world.db!).find(id)?.nextRunAt ?? Infinity;
    const due = new Set([...slots].filter((slot) => slot < next));
    const rows = slotsOf(world, id, 1_000_000);
    total += due.size;
    lost.push(...findLost(due, rows).map((slot) => `${id} ${new Date(slot).toISOString()}`));
    surplus.push(
      ...rows
        .filter((row) => !due.has(row.scheduledFor))
        .map((row) => `${id} ${new Date(row.scheduledFor).toISOString()}`),
    );
  }
  const doubled = [...done].filter(([, times]) => times > 1).map(([key]) => key);
  return { total, lost, surplus, doubled };
}
