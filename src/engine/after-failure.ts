import type { UsableCredential } from '../core/credential.ts';
import { decideNext, MAX_TRIES } from '../core/fallback.ts';
import type { Run, Runs } from '../db/runs.ts';
import type { Sessions } from '../db/sessions.ts';
import type { Logger } from '../logger.ts';
import type { RunOutcome } from '../ports.ts';
import type { Wait } from '../wait.ts';
import { type JudgedFailure, judgeRefusal } from './refused-credential.ts';
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
  readonly logger: Logger;
  readonly stopping: AbortSignal;
  readonly wait: Wait;
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
  const { id: runId, attempt, model } = run;
  deps.logger.warn(
    { runId, attempt, model, reason: told.class, detail: told.detail },
    'attempt failed',
  );
  const judged = await judge(deps, run, withCredibleEnd(told, deps.now()), credential);
  if (mayTryRenewed(run, judged)) return { status: 'again', run };
  const { outcome } = judged;
  const { class: reason, detail, retryAt, hasSideEffects } = outcome;
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
      await deps.wait(next.delayMs, deps.stopping);
      return deps.stopping.aborted ? { status: 'stopping' } : { status: 'again', run };
    default:
      return next satisfies never;
  }
}

/** A refused credential is renewed once per model: one that is refused again is not worth another try. */
function mayTryRenewed(run: Run, { outcome, isRenewed }: JudgedFailure): boolean {
  return isRenewed && !outcome.hasSideEffects && run.tries < Math.min(2, MAX_TRIES);
}

/**
 * The credential of an adopted agent is not known; it may have run out while no host was there, and the next attempt
 * has a new one.
 */
async function judge(
  deps: AfterFailureDeps,
  run: Run,
  outcome: Failed,
  credential: UsableCredential | undefined,
): Promise<JudgedFailure> {
  if (credential === undefined) return { outcome, isRenewed: outcome.class === 'auth' };
  return await judgeRefusal(deps, run.id, outcome, credential);
}
