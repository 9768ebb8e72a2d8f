import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeLeak } from './leak-verdict.ts';

const HOUR_S = 3_600;
const SECONDS = HOUR_S / 2;

/** Half an hour, sampled each second. */
function watch(valueAt: (second: number) => number, floor = 3) {
  const points = Array.from({ length: SECONDS }, (_, second) => ({
    x: second / HOUR_S,
    y: valueAt(second),
  }));
  return judgeLeak({ figure: 'open files', unit: '', points, floor });
}

test('one file more each minute is a leak beneath the coming and going of agents', () => {
  const verdict = watch((second) => 40 + 4 * (second % 7) + Math.floor(second / 60));
  expect(verdict.isLeak).toBe(true);
  expect(verdict.perHour).toBeCloseTo(60, 0);
});

test('what swings with the work and comes back is no leak, whatever the moment of the end', () => {
  const swing = fc.record({ period: fc.integer({ min: 2, max: 120 }), seed: fc.integer() });
  fc.assert(
    fc.property(swing, ({ period, seed }) => {
      const verdict = watch((second) => 40 + 12 * Math.abs(Math.sin((second + seed) / period)));
      expect(verdict.isLeak).toBe(false);
    }),
  );
});

test('what fills while the host is warming up is no leak', () => {
  expect(watch((second) => Math.min(second, 400))).toMatchObject({ perHour: 0, isLeak: false });
});

test('a steady growth below the floor is no leak, and the verdict says what would have been one', () => {
  const verdict = watch((second) => 40 + second / SECONDS, 3);
  expect(verdict.isLeak).toBe(false);
  expect(verdict.visiblePerHour).toBeCloseTo(3 / (0.5 * 0.75), 1);
});

test('something that never changes grows by nothing', () => {
  expect(watch(() => 7)).toMatchObject({ perHour: 0, isLeak: false });
});
