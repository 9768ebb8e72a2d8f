import { expect, test } from 'vitest';
import { type CoolingModel, credibleEnd, decideNext, explainExhausted } from './fallback.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR_MS = 3_600_000;

const passed = (
  failure: 'overloaded' | 'quota' | 'timeout' | 'auth' | 'model',
  retryAt?: number,
) => ({
  name: `openai/${failure}`,
  class: failure,
  ...(retryAt === undefined ? {} : { retryAt }),
});
const cooling = (part: Partial<CoolingModel>): CoolingModel => ({
  name: 'openai/x',
  class: 'quota',
  until: NOW + HOUR_MS,
  ...part,
});

test('of several failures the one that may be over soonest is told', () => {
  const explain = (...models: ReturnType<typeof passed>[]) =>
    explainExhausted({ passed: models, cooling: [] });
  expect(explain(passed('model'), passed('overloaded'))).toEqual({ reason: 'overloaded' });
  expect(explain(passed('quota', NOW + HOUR_MS), passed('overloaded'))).toEqual({
    reason: 'overloaded',
  });
  expect(explain(passed('model'), passed('timeout'), passed('quota'))).toEqual({ reason: 'quota' });
  expect(explain(passed('model'), passed('auth'))).toEqual({ reason: 'auth' });
  expect(explainExhausted({ passed: [], cooling: [] })).toBeUndefined();
});

test('of several limits the one that ends first is told, of models that were not asked too', () => {
  const facts = {
    passed: [passed('quota'), passed('quota', NOW + 3 * HOUR_MS)],
    cooling: [cooling({ until: NOW + 2 * HOUR_MS }), cooling({ class: 'model', until: NOW + 1 })],
  };
  expect(explainExhausted(facts)).toEqual({ reason: 'quota', retryAt: NOW + 2 * HOUR_MS });
});

test('the end of a limit that has passed or is years ahead counts as not told', () => {
  expect(credibleEnd(NOW + HOUR_MS, NOW)).toBe(NOW + HOUR_MS);
  expect(credibleEnd(NOW - 1, NOW)).toBeUndefined();
  expect(credibleEnd(NOW * 1_000, NOW)).toBeUndefined();
  expect(credibleEnd(Number.MAX_SAFE_INTEGER, NOW)).toBeUndefined();
});

test('a run waits for two models that hang, and for no third', () => {
  const hangs = { class: 'timeout', hasSideEffects: false } as const;
  expect(decideNext(hangs, 1, [passed('quota')])).toEqual({ step: 'next_model' });
  expect(decideNext(hangs, 1, [passed('timeout')])).toEqual({ step: 'end' });
});
