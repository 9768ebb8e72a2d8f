import { describeDistribution, roundHundredths } from '../../../bench/distribution.ts';
import type { AttackRow, AttackSite, Latencies } from './attack-row.ts';

export interface MeasurePlan {
  /** Of quiet, attack and quiet again. */
  readonly rounds: number;
  /** Questions in each third of a round. */
  readonly questions: number;
}

/**
 * Lets quiet groups ask before, during and after an attack, again and again: what slows the machine down meanwhile
 * slows both. Rejects when a question is not answered before the signal aborts, or the attack itself breaks.
 */
export async function measureLatencies<S extends AttackSite>(
  row: Pick<AttackRow<S>, 'press'>,
  site: S,
  { rounds, questions }: MeasurePlan,
  signal: AbortSignal,
): Promise<Latencies> {
  const quiet: number[] = [];
  const attacked: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    quiet.push(...(await askOften(site, questions, signal)));
    attacked.push(...(await askMeanwhile(row, site, questions, signal)));
    quiet.push(...(await askOften(site, questions, signal)));
  }
  const { p99: quietP99Ms } = describeDistribution(quiet);
  const { p99: attackP99Ms } = describeDistribution(attacked);
  return { quietP99Ms, attackP99Ms, ratio: roundHundredths(attackP99Ms / quietP99Ms) };
}

async function askOften(site: AttackSite, questions: number, signal: AbortSignal) {
  const latencies: number[] = [];
  while (latencies.length < questions) latencies.push(await site.ask(signal));
  return latencies;
}

async function askMeanwhile<S extends AttackSite>(
  row: Pick<AttackRow<S>, 'press'>,
  site: S,
  questions: number,
  signal: AbortSignal,
): Promise<number[]> {
  const over = new AbortController();
  const pressing = row.press(site, AbortSignal.any([signal, over.signal]));
  const asking = askOften(site, questions, signal);
  try {
    // An attack that ends by itself before the questions has not been beside them.
    const isPressed = pressing.then(() => Promise.reject(new Error('the attack ended early')));
    return await Promise.race([asking, isPressed]);
  } finally {
    over.abort();
    await Promise.allSettled([pressing, asking]);
  }
}
