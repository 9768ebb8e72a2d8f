import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import type { Db } from '../db/database.ts';
import type { Run, RunKind } from '../db/runs.ts';
import type { Censor } from '../log-censor.ts';
import type { AttemptLog } from './attempt-log.ts';
import { explainOutOfTokens, type RefuseByBudgetDeps } from './refuse-by-budget.ts';
import type { Answered, RunFailure, SettleRun } from './settle-run.ts';

export interface SettleByKindDeps extends RefuseByBudgetDeps {
  readonly db: Db;
  readonly attemptLog: Pick<AttemptLog, 'end'>;
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  readonly censor: Censor;
  readonly ways: Readonly<Record<RunKind, SettleRun>>;
}

/** Ends each run in the way of its kind, and in the same transaction the attempt that it ends with. */
export function createSettleByKind(deps: SettleByKindDeps): SettleRun {
  const { db, attemptLog, censor, ways } = deps;
  const wayOf = (run: Run) => ways[run.kind];
  const answer = db.transaction((run: Run, outcome: Answered) => {
    const settled = wayOf(run).answer(run, outcome);
    const { usage } = outcome;
    if (settled.status === 'answered') attemptLog.end(run, { outcome: 'answered', usage });
    else attemptLog.end(run, { ...failed(settled.reason, 'the result was empty'), usage });
    return settled;
  });
  const fail = db.transaction((run: Run, told: RunFailure) => {
    const failure = { ...told, detail: censor(told.detail) };
    const { reason, detail } = failure;
    // The attempt did not fail: its host went away.
    const isLeft = reason === 'interrupted';
    attemptLog.end(run, isLeft ? { outcome: 'left' } : failed(reason, detail));
    const isOut = reason === 'out_of_tokens';
    // What the attempt has used counts by now.
    return wayOf(run).fail(run, isOut ? explainOutOfTokens(deps, run, failure) : failure);
  });
  const cancel = db.transaction((run: Run) => {
    attemptLog.end(run, { outcome: 'left' });
    wayOf(run).cancel(run);
  });
  return {
    answer: (run, outcome) => answer.immediate(run, outcome),
    fail: (run, failure) => fail.immediate(run, failure),
    cancel: (run) => cancel.immediate(run),
  };
}

function failed(reason: string, detail: string) {
  return { outcome: 'failed', class: reason, detail } as const;
}
