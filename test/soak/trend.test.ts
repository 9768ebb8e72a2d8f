import { expect, test } from 'vitest';
import { fitTrend, lowestByStretch } from './trend.ts';

test('points on a line have its slope and no error', () => {
  const points = [0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x }));
  expect(fitTrend(points)).toEqual({ slope: 2, standardError: 0 });
});

test('the slope and its error are those of a textbook example', () => {
  // Anscombe's first quartet: slope 0.5001, standard error 0.1179.
  const xs = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
  const ys = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
  const trend = fitTrend(xs.map((x, index) => ({ x, y: ys[index] ?? 0 })));
  expect(trend.slope).toBeCloseTo(0.5001, 4);
  expect(trend.standardError).toBeCloseTo(0.1179, 4);
});

test('two points, or points of one moment, have no trend', () => {
  expect(() =>
    fitTrend([
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ]),
  ).toThrow(/three points/);
  expect(() => fitTrend([1, 2, 3].map((y) => ({ x: 1, y })))).toThrow(/different times/);
});

test('of each stretch the least value counts, and a stretch without a point does not', () => {
  const points = [
    { x: 0, y: 9 },
    { x: 1, y: 4 },
    { x: 2, y: 7 },
    { x: 9, y: 6 },
    { x: 12, y: 3 },
  ];
  expect(lowestByStretch(points, 4)).toEqual([
    { x: 1.5, y: 4 },
    { x: 10.5, y: 3 },
  ]);
});
