import { createRandom } from '../random.ts';
import { type FaultPlan, planFaults } from './fault-plan.ts';
import { createKillPlanner, type KillPlan, type KillPlannerOptions } from './kill-plan.ts';
import { planTraffic, type TrafficPlan } from './traffic-plan.ts';

/** One life of the host and what happens around it. */
export interface LifePlan extends TrafficPlan {
  /** Counts from 1. */
  readonly number: number;
  readonly kill: KillPlan;
  readonly faults: FaultPlan;
}

export interface Planner {
  /** The next life; the same for a seed as long as the lives before ended in the same places. */
  next(): LifePlan;
  /** Where a life ended, see `Kill`. */
  note(life: LifePlan, at: string): void;
}

export function createPlanner(options: KillPlannerOptions): Planner {
  const kills = createKillPlanner(options);
  let number = 0;
  return {
    next() {
      number += 1;
      const kill = kills.next();
      const random = createRandom(options.seed, `life:${number}`);
      return { number, kill, faults: planFaults(random), ...planTraffic(random, kill) };
    },
    note: (life, at) => kills.note(life.kill, at),
  };
}
