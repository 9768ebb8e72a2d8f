import type { CrashPoint } from '../../../src/crash-points.ts';
import { createRandom } from '../random.ts';
import { type FaultPlan, planFaults } from './fault-plan.ts';
import { createKillPlanner, type KillPlan } from './kill-plan.ts';
import { planTraffic, type TrafficPlan } from './traffic-plan.ts';

/** One life of the host and what happens around it. */
export interface LifePlan extends TrafficPlan {
  /** Counts from 1. */
  readonly number: number;
  readonly kill: KillPlan;
  readonly faults: FaultPlan;
}

export interface Planner {
  /** The next life; the same for a seed as long as the same points were missed before. */
  next(): LifePlan;
  missed(point: CrashPoint): void;
}

export function createPlanner(seed: number, only?: CrashPoint): Planner {
  const kills = createKillPlanner(seed, only);
  let number = 0;
  return {
    next() {
      number += 1;
      const kill = kills.next();
      const random = createRandom(seed, `life:${number}`);
      return { number, kill, faults: planFaults(random), ...planTraffic(random, kill) };
    },
    missed: (point) => kills.missed(point),
  };
}
