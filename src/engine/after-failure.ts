import type { UsableCredential } from '../core/credential.ts';
import { decideNext, MAX_TRIES } from '../core/fallback.ts';
import type { ModelStore } from '../db/models.ts';
import type { Run, Runs } from '../db/runs.ts';
import type { Sessions } from '../db/sessions.ts';
import type { Logger } from '../logger.ts';
import type { RunOutcome } from '../ports.ts';
import { waitUnlessAborted } from '../wait.ts';
import {
  type RememberFailureDeps,
  rememberFailure,
  toPassed,
  withCredibleEnd,
} from './remember-failure.ts';
import type { RunFailure } from './settle-run.ts';

export interface AfterFailureDeps extends RememberFailureDeps {
  readonly runs: Runs;
  readonly sessions: Sessions;
  readonly models: Pick<ModelStore, 'coolDown' | 'observe' | 'noteWorking'>;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
}

type Failed = Extract<RunOutcome, { status: 'failed' }>;

/** What follows a failed attempt: another one, the end, or nothing in this host because it stops. */
export type FailureStep =
  | { status: 'again'; run: Run }
  | { status: 'end'; failure: RunFailure }
  | { status: 'stopping' };

/** Decides on a failed attempt, and remembers what it has shown of the model. */
export async function followFailure(
  deps: AfterFailureDeps,
  run: Run,
  told: Failed,
  credential: UsableCredential | undefined,
): Promise<FailureStep> {
  const outcome = withCredibleEnd(told, deps.now());
  const { class: reason, detail, retryAt, hasSideEffects } = outcome;
  const { id: runId, attempt, model } = run;
  deps.logger.warn({ runId, attempt, model, reason, detail }, 'attempt failed');
  if (await mayTryRenewed(deps, run, outcome, credential)) return { status: 'again', run };
  if (run.model !== null) rememberFailure(deps, run.model, outcome);
  const next = decideNext(outcome, run.tries, run.passed);
  switch (next.step) {
    case 'end':
      return { status: 'end', failure: { reason, detail, retryAt, hasSideEffects } };
    case 'next_model':
      // A run that an earlier version started does not know its model.
      if (run.model === null) return { status: 'end', failure: { reason, detail, retryAt } };
      return { status: 'again', run: deps.runs.passModel(run, toPassed(run.model, outcome)) };
    case 'again':
      if (next.fresh) deps.sessions.remove(run.folder, run.provider);
      await waitUnlessAborted(next.delayMs, deps.stopping);
      return deps.stopping.aborted ? { status: 'stopping' } : { status: 'again', run };
    default:
      return next satisfies never;
  }
}

/**
 * A refused credential is renewed once per model: one that is refused again is not worth another try. That of an
 * adopted agent is not known; it may have run out while no host was there, and the next attempt has a new one.
 */
async function mayTryRenewed(
  deps: AfterFailureDeps,
  run: Run,
  { class: reason, hasSideEffects }: Failed,
  credential: UsableCredential | undefined,
): Promise<boolean> {
  if (reason !== 'auth') return false;
  const isRenewed = credential === undefined || (await renew(deps, run, credential));
  return isRenewed && !hasSideEffects && run.tries < Math.min(2, MAX_TRIES);
}

/** Without the renewal the failure still stands: a turn that broke here would be done again, effects and all. */
async function renew(
  { logger }: AfterFailureDeps,
  { id: runId }: Run,
  credential: UsableCredential,
): Promise<boolean> {
  try {
    return (await credential.onRefused()) === 'renewed';
  } catch (error) {
    logger.error({ runId, err: error }, 'refused credential not renewed');
    return false;
  }
}
