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

export interface KillPlanner {
  next(): KillPlan;
  /** The host did not come to the point; it is tried again, at the first pass. */
  missed(point: CrashPoint): void;
}

/** Every crash point in turn, in an order of the seed's, between kills at random times. */
export function createKillPlanner(seed: number, only?: CrashPoint): KillPlanner {
  const random = createRandom(seed, 'kills');
  const every = only === undefined ? (Object.keys(CRASH_POINTS) as CrashPoint[]) : [only];
  const again: CrashPoint[] = [];
  let queue: CrashPoint[] = [];

  const nextPoint = (): { point: CrashPoint; pass: number } | undefined => {
    if (queue.length === 0) queue = random.shuffle(every);
    const pass = random.pick(PASSES);
    // Every other time, so that one that cannot be reached does not keep out the rest.
    const missed = random.chance(0.5) ? again.shift() : undefined;
    if (missed !== undefined) return { point: missed, pass: 1 };
    const point = queue.pop();
    return point === undefined ? undefined : { point, pass };
  };
  return {
    next() {
      const draw = random.next();
      const delayMs = random.integer(0, MAX_DELAY_MS);
      const passes = random.integer(1, MAX_PASSES);
      const startMs = random.integer(0, MAX_START_MS);
      const isAtPoint = only === undefined ? draw < AT_A_POINT : draw < 1 - WHILE_STARTING;
      const chosen = isAtPoint ? nextPoint() : undefined;
      if (chosen !== undefined) return { at: 'point', ...chosen };
      if (draw >= 1 - WHILE_STARTING) return { at: 'start', delayMs: startMs };
      return { at: 'passes', passes, delayMs };
    },
    missed: (point) => void again.push(point),
  };
}
