import type { AttackRow, AttackSite, RowResult } from './attack-row.ts';
import { type MeasurePlan, measureLatencies } from './measure-latencies.ts';

export interface AttackPlan extends MeasurePlan {
  /** The quiet groups' p99 during an attack may be this many times what it is without; absent where none is judged. */
  readonly maxRatio?: number;
}

/** Makes the attack of a row alone, then beside quiet groups. */
export async function runRow<S extends AttackSite>(
  row: AttackRow<S>,
  site: S,
  plan: AttackPlan,
  signal: AbortSignal,
): Promise<RowResult> {
  const outcome = await row.prove(site, signal);
  const latencies = await measureLatencies(row, site, plan, signal);
  const isStopped = outcome.tried > 0 && outcome.stopped === outcome.tried;
  const { maxRatio = Number.POSITIVE_INFINITY } = plan;
  const isWithstood = isStopped && latencies.ratio <= maxRatio;
  const isRatioJudged = plan.maxRatio !== undefined;
  return { id: row.id, attack: row.attack, ...outcome, ...latencies, isRatioJudged, isWithstood };
}
