import type { AttackRow, AttackSite, RowResult } from './attack-row.ts';
import { type MeasurePlan, measureLatencies } from './measure-latencies.ts';

/** The quiet groups' p99 during an attack may be this many times what it is without. */
const MAX_RATIO = 2;

/** Makes the attack of a row alone, then beside quiet groups. */
export async function runRow<S extends AttackSite>(
  row: AttackRow<S>,
  openSite: () => Promise<S>,
  plan: MeasurePlan,
  signal: AbortSignal,
): Promise<RowResult> {
  const outcome = await row.prove();
  await using site = await openSite();
  const latencies = await measureLatencies(row, site, plan, signal);
  const isStopped = outcome.tried > 0 && outcome.stopped === outcome.tried;
  const isWithstood = isStopped && latencies.ratio <= MAX_RATIO;
  return { id: row.id, attack: row.attack, ...outcome, ...latencies, isWithstood };
}
