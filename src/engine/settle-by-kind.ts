import type { Run, RunKind } from '../db/runs.ts';
import type { SettleRun } from './settle-run.ts';

/** Ends each run in the way of its kind. */
export function createSettleByKind(ways: Readonly<Record<RunKind, SettleRun>>): SettleRun {
  const wayOf = (run: Run) => ways[run.kind];
  return {
    answer: (run, outcome) => wayOf(run).answer(run, outcome),
    fail: (run, failure) => wayOf(run).fail(run, failure),
    cancel: (run) => wayOf(run).cancel(run),
  };
}
