import { percentile, roundHundredths } from '../../../bench/distribution.ts';
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
  return describeLatencies(quiet, attacked);
}

function describeLatencies(quiet: readonly number[], attacked: readonly number[]): Latencies {
  const quietP99Ms = roundHundredths(percentile(quiet, 0.99));
  const attackP99Ms = roundHundredths(percentile(attacked, 0.99));
  return {
    quietQuestions: quiet.length,
    attackQuestions: attacked.length,
    quietP95Ms: roundHundredths(percentile(quiet, 0.95)),
    attackP95Ms: roundHundredths(percentile(attacked, 0.95)),
    quietP99Ms,
    attackP99Ms,
    ratio: roundHundredths(attackP99Ms / quietP99Ms),
  };
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
