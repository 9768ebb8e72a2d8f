import { onCrashPoint } from '../../src/crash-points.ts';
import { createTasks } from '../../src/db/tasks.ts';
import { Chance } from './chance.ts';
import type { Happening } from './happening.ts';
import { listHappenings } from './happenings.ts';
import { History } from './history.ts';
import { checkRest, listOpenWork } from './rest.ts';
import { HostIsDead, SimulatedDisk } from './simulated-disk.ts';

/** More timers than any wait of a host needs; then something hangs. */
const MAX_TIMERS = 400;
/** After this time without anything new a host takes its backlog for read, and tells what came too late. */
const QUIET_MS = 30_000;
/** More events than a drained history can have. */
const MAX_DRAINED = 3_000;

export interface HistoryResult {
  readonly seed: number;
  readonly events: number;
  /** Slots that were claimed for a run. */
  readonly slots: number;
  readonly deaths: number;
  readonly hash: string;
  readonly trace: readonly string[];
  readonly violations: readonly string[];
}

/** Plays one history after the other. */
export class Simulator implements Disposable {
  readonly #disk = new SimulatedDisk();
  readonly #mutation: string | undefined;
  readonly #offCrashPoint: () => void;
  #history: History | undefined;

  constructor(mutation?: string) {
    this.#mutation = mutation;
    this.#offCrashPoint = onCrashPoint((point) => this.#history?.pass(point));
  }

  /** A whole history, from an empty database to rest. With a script only what it names happens until the faults end. */
  async play(seed: number, script?: readonly string[]): Promise<HistoryResult> {
    this.#disk.clear();
    const history = new History(this.#disk, seed, this.#mutation);
    this.#history = history;
    const chance = new Chance(seed);
    if (script === undefined) {
      for (let count = 0; count < history.plan.events && isFine(history); count++)
        await happen(history, choose(listHappenings(history, chance), chance));
    } else await follow(history, script);
    const chaos = history.trace.length;
    if (isFine(history)) await comeToRest(history);
    history.host?.die();
    await settled();
    const { trace, violations, deaths, hash } = history;
    const slots = history.disk.statement('select count(*) from task_runs', true).get() as number;
    return {
      seed,
      events: trace.length,
      slots,
      deaths,
      hash,
      trace: trace.slice(0, chaos),
      violations,
    };
  }

  [Symbol.dispose](): void {
    this.#offCrashPoint();
    this.#disk.db.close();
  }
}

function isFine(history: History): boolean {
  return history.violations.length === 0;
}

function choose(happenings: readonly Happening[], chance: Chance): Happening | undefined {
  const total = happenings.reduce((sum, { weight }) => sum + weight, 0);
  let left = chance.below(total * 1_000) / 1_000;
  return happenings.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}

/** Details that are left to chance in a history are named in its script: several looks find each. */
async function follow(history: History, script: readonly string[]): Promise<void> {
  const chance = new Chance(1);
  for (const name of script) {
    if (!isFine(history)) return;
    for (let look = 0; look < 200; look++) {
      const found = listHappenings(history, chance).find((one) => one.name === name);
      if (found === undefined) continue;
      await happen(history, found);
      break;
    }
  }
}

/** Lets everything follow that needs neither time nor anybody else: ticks come after all microtasks. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

async function happen(history: History, happening: Happening | undefined): Promise<void> {
  if (happening === undefined) return;
  history.trace.push(happening.name);
  attempt(history, happening.happen);
  await settled();
  const { host } = history;
  if (host?.stopping === undefined) return;
  if (!host.hasStopped) history.violate('the host does not stop');
  host.die();
  history.host = undefined;
}

function attempt(history: History, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof HostIsDead)) history.violate(`threw ${String(error)}`);
  }
}

/** Without faults from here on: everything that is under way comes to its end. */
async function comeToRest(history: History): Promise<void> {
  history.deadlyPoint = undefined;
  await drain(history, 0);
  history.host?.engine.onTasksChanged();
  await settled();
  const pausedAt = history.clock.now();
  const tasks = createTasks(history.disk.open(() => true));
  for (const { id, status } of tasks.list())
    if (status === 'active') tasks.setStatus(id, { status: 'paused' }, pausedAt);
  history.host?.engine.onTasksChanged();
  await settled();
  await drain(history, MAX_TIMERS);
  const open = listOpenWork(history);
  if (open.length > 0) history.violate(`P2: no rest: ${open.join(', ')}`);
  else if (isFine(history)) checkRest(history, pausedAt);
}

async function drain(history: History, maxTimers: number): Promise<void> {
  const chance = new Chance(2);
  let timers = 0;
  const since = history.clock.elapsedMs;
  for (let count = 0; count < MAX_DRAINED && isFine(history); count++) {
    const next = listHappenings(history, chance).find(({ isOrdinary }) => isOrdinary);
    if (next !== undefined) {
      await happen(history, next);
      continue;
    }
    const isQuiet = history.clock.elapsedMs - since >= QUIET_MS;
    if (timers >= maxTimers || (isQuiet && listOpenWork(history).length === 0)) return;
    timers += 1;
    attempt(history, () => history.clock.fireNext());
    await settled();
  }
}
