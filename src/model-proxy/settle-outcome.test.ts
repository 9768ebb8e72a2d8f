import type { FailureClass, Usage } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import type { SeenFailure } from '../core/models/seen-failure.ts';
import type { RunOutcome } from '../ports.ts';
import { AnswerTap } from './answer-tap.ts';
import { ModelReport } from './model-report.ts';
import { settleOutcome } from './settle-outcome.ts';

const usage = (inputTokens: number, outputTokens: number): Usage => ({
  inputTokens,
  cachedInputTokens: 0,
  outputTokens,
});
const seeing = (...failures: readonly SeenFailure[]): ModelReport => {
  const report = new ModelReport();
  for (const failure of failures) report.noteFailure(failure);
  return report;
};
const failure = (failureClass: FailureClass, retryAt?: number): SeenFailure => ({
  class: failureClass,
  detail: `the model says ${failureClass}`,
  ...(retryAt !== undefined && { retryAt }),
});
const claiming = (failureClass: FailureClass, retryAt?: number): RunOutcome => ({
  status: 'failed',
  class: failureClass,
  detail: 'I failed',
  hasSideEffects: false,
  ...(retryAt !== undefined && { retryAt }),
});
const classAndEnd = (outcome: RunOutcome) =>
  outcome.status === 'failed' ? [outcome.class, outcome.retryAt] : outcome.status;

test.each<[FailureClass, readonly SeenFailure[], FailureClass, number | undefined]>([
  ['quota', [], 'internal', undefined],
  ['model', [], 'internal', undefined],
  ['auth', [], 'internal', undefined],
  ['quota', [failure('quota', 500)], 'quota', 500],
  ['quota', [failure('quota')], 'quota', undefined],
  ['model', [failure('model')], 'model', undefined],
  ['auth', [failure('auth')], 'auth', undefined],
  ['quota', [failure('overloaded')], 'overloaded', undefined],
  ['model', [failure('quota', 500), failure('refused')], 'refused', undefined],
  ['auth', [failure('auth'), failure('overloaded')], 'auth', undefined],
  ['internal', [failure('quota', 500)], 'quota', 500],
  ['overloaded', [failure('quota', 500), failure('overloaded')], 'quota', 500],
  ['internal', [failure('auth')], 'internal', undefined],
  ['overloaded', [], 'overloaded', undefined],
  ['context', [failure('quota', 500)], 'context', undefined],
  ['timeout', [failure('quota', 500)], 'timeout', undefined],
  ['cancelled', [failure('quota', 500)], 'cancelled', undefined],
  ['session', [], 'session', undefined],
  ['script', [], 'script', undefined],
  ['refused', [], 'refused', undefined],
])(
  'an agent that claims %s where %j was seen has failed by %s until %s',
  (claimed, seen, is, until) => {
    const outcome = settleOutcome(claiming(claimed, 999), seeing(...seen), false);
    expect(classAndEnd(outcome)).toEqual([is, until]);
  },
);

test('the log has what the model said, and what the agent did', () => {
  const outcome = settleOutcome(claiming('quota'), seeing(failure('quota')), false);
  expect(outcome).toHaveProperty('detail', 'the model says quota (the agent: I failed)');
});

test('an attempt whose tokens are used up has failed by that, whatever the agent makes of it, and cools no model', async () => {
  for (const claimed of ['quota', 'overloaded', 'internal', 'auth'] as const) {
    const report = new ModelReport(10);
    report.noteUsage(usage(9, 1));
    expect(await report.admit(new AnswerTap(1), AbortSignal.any([]))).toBeUndefined();
    const outcome = settleOutcome(claiming(claimed), report, false);
    expect(classAndEnd(outcome)).toEqual(['out_of_tokens', undefined]);
  }
});

test('tokens are those that the model has counted, of failed attempts too', () => {
  const report = new ModelReport();
  report.noteUsage(usage(100, 10));
  report.noteUsage(usage(50, 5));
  const answered: RunOutcome = {
    status: 'answered',
    text: 'hi',
    isCut: false,
    usage: usage(1, 90),
  };
  expect(settleOutcome(answered, report, false)).toHaveProperty('usage', usage(150, 15));
  expect(settleOutcome(answered, report, true)).toHaveProperty('usage', usage(150, 90));
  expect(settleOutcome(claiming('internal'), report, false)).toHaveProperty(
    'usage',
    usage(150, 15),
  );
  expect(settleOutcome(answered, new ModelReport(), false)).not.toHaveProperty('usage');
  expect(settleOutcome({ status: 'detached' }, report, true)).toEqual({ status: 'detached' });
});
