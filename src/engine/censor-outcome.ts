import type { Censor } from '../log-censor.ts';
import type { RunOutcome } from '../ports.ts';

/** The outcome as it may be kept: what a program says of its failure may name what it was given. */
export function censorOutcome(censor: Censor, outcome: RunOutcome): RunOutcome {
  return outcome.status === 'failed' ? { ...outcome, detail: censor(outcome.detail) } : outcome;
}
