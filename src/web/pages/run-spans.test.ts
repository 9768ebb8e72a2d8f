import { expect, test } from 'vitest';
import type { AttemptFacts } from '../../core/story/facts.ts';
import type { RunSummary } from '../../db/run-history.ts';
import { runSpans } from './run-spans.ts';

const run: RunSummary = {
  id: 'run-1',
  kind: 'messages',
  chatJid: '1@g.us',
  folder: 'family',
  state: 'answered',
  model: 'openai/gpt-5.5',
  attempt: 1,
  createdAt: 1_000,
  finishedAt: 9_000,
  reason: null,
  inputTokens: 0,
  outputTokens: 0,
};

const attempt: AttemptFacts = {
  attempt: 1,
  provider: 'codex',
  model: 'openai/gpt-5.5',
  startedAt: 1_100,
  containerId: null,
  containerAt: null,
  firstEventAt: 3_000,
  endedAt: 9_000,
  outcome: 'answered',
  class: null,
  detail: null,
  tools: 0,
  inputTokens: null,
  outputTokens: null,
};

const times = { run, attempts: [attempt], askedAt: 500, deliveredAt: 9_400, now: 60_000 };
const lengths = (part: Partial<typeof times>) =>
  runSpans({ ...times, ...part }).map(({ name, from, to, tone }) => [name, to - from, tone]);

test('an answered run waited, started, worked and was sent', () => {
  expect(lengths({})).toEqual([
    ['Waited', 500, 'wait'],
    ['Attempt 1, openai/gpt-5.5: start', 1_900, 'start'],
    ['Attempt 1, openai/gpt-5.5: work', 6_000, 'work'],
    ['Sent', 400, 'send'],
  ]);
});

test('what goes on reaches to now, and what was not noted is left out', () => {
  const going = { ...run, finishedAt: null };
  const silent = { ...attempt, firstEventAt: null, endedAt: null, outcome: null };
  const none = { ...times, askedAt: undefined, deliveredAt: undefined, run: going };
  const spans = runSpans({ ...none, attempts: [silent] });
  expect(spans).toEqual([
    { name: 'Attempt 1, openai/gpt-5.5', from: 1_100, to: 60_000, tone: 'work' },
  ]);
  expect(runSpans({ ...none, attempts: [] })).toEqual([
    { name: 'Run', from: 1_000, to: 60_000, tone: 'work' },
  ]);
});

test('a clock that was set back makes no bar of negative length', () => {
  const odd = { ...attempt, firstEventAt: 500, endedAt: 1_000 };
  const spans = runSpans({ ...times, attempts: [odd], askedAt: 2_000, deliveredAt: 100 });
  expect(spans.every(({ from, to }) => to >= from)).toBe(true);
});
