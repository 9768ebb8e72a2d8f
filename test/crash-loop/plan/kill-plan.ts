import { CRASH_POINTS, type CrashPoint } from '../../../src/crash-points.ts';
import { createRandom } from '../random.ts';

/**
 * When a host is killed:
 * - `point`: by itself, the n-th time it comes to a crash point
 * - `passes`: from outside, some time after it has come to so many crash points of any kind
 * - `start`: from outside, some time after it was told to start, while it takes up what the last one left
 */
export type KillPlan =
  | { readonly at: 'point'; readonly point: CrashPoint; readonly pass: number }
  | { readonly at: 'passes'; readonly passes: number; readonly delayMs: number }
  | { readonly at: 'start'; readonly delayMs: number };

/** Of all kills; the others are at random times. */
const AT_A_POINT = 0.35;
const WHILE_STARTING = 0.25;
/** Later passes are rarer: a life may end before it comes to them. */
const PASSES = [1, 1, 1, 1, 2, 2, 3] as const;
/** A question passes some twenty points on its way. */
const MAX_PASSES = 120;
/** Up to this much later; most of what happens between two points takes less. */
const MAX_DELAY_MS = 40;
/** A start takes about this long until what was left is taken up. */
const MAX_START_MS = 400;

/** With no more kills left than these for each point at which none was yet, only those are tried. */
const KILLS_PER_MISSING_POINT = 1.3;

export interface KillPlanner {
  next(): KillPlan;
  /** Where the host was killed in the end, see `Kill`. A point that it did not come to is tried again. */
  note(plan: KillPlan, at: string): void;
}

export interface KillPlannerOptions {
  readonly seed: number;
  /** Kills to plan. */
  readonly kills: number;
  readonly only?: CrashPoint | undefined;
}

/** Every crash point in turn, in an order of the seed's, between kills at random times. */
export function createKillPlanner({ seed, kills, only }: KillPlannerOptions): KillPlanner {
  const random = createRandom(seed, 'kills');
  const every = only === undefined ? (Object.keys(CRASH_POINTS) as CrashPoint[]) : [only];
  const missing = new Set<CrashPoint>(every);
  let left = kills;
  let queue: CrashPoint[] = [];

  const nextPoint = (): CrashPoint => {
    if (queue.length === 0) queue = random.shuffle(every);
    return queue.pop() ?? 'stanza-received';
  };
  return {
    next() {
      left -= 1;
      const draw = random.next();
      const delayMs = random.integer(0, MAX_DELAY_MS);
      const passes = random.integer(1, MAX_PASSES);
      const startMs = random.integer(0, MAX_START_MS);
      const pass = random.pick(PASSES);
      const isLate = left < missing.size * KILLS_PER_MISSING_POINT && only === undefined;
      const [wanted] = isLate ? random.shuffle([...missing]) : [];
      if (wanted !== undefined) return { at: 'point', point: wanted, pass: 1 };
      const isAtPoint = only === undefined ? draw < AT_A_POINT : draw < 1 - WHILE_STARTING;
      if (isAtPoint) return { at: 'point', point: nextPoint(), pass };
      if (draw >= 1 - WHILE_STARTING) return { at: 'start', delayMs: startMs };
      return { at: 'passes', passes, delayMs };
    },
    note(plan, at) {
      if (plan.at !== 'point') return;
      if (at === plan.point) missing.delete(plan.point);
      else queue.unshift(plan.point);
    },
  };
}
