import { expect, test } from 'vitest';
import { gapNotice, gapSince, isStale } from './gap.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 21, 12);

test('a link that was down for more than five minutes was away', () => {
  expect(gapSince(NOON - 5 * MINUTE, NOON)).toBeUndefined();
  expect(gapSince(NOON - 5 * MINUTE - 1, NOON)).toEqual({ from: NOON - 5 * MINUTE - 1, to: NOON });
});

test('without an earlier time, or with one that lies ahead, nothing was away', () => {
  expect(gapSince(undefined, NOON)).toBeUndefined();
  expect(gapSince(NOON + 24 * 60 * MINUTE, NOON)).toBeUndefined();
});

test('a question is stale when it is older than is fresh, and never when everything is fresh', () => {
  const freshMs = 30 * MINUTE;
  expect(isStale(NOON - freshMs, NOON, freshMs)).toBe(false);
  expect(isStale(NOON - freshMs - 1, NOON, freshMs)).toBe(true);
  expect(isStale(0, NOON, 0)).toBe(false);
  expect(isStale(NOON + 60 * MINUTE, NOON, freshMs)).toBe(false);
});

test('the notice names clock times of the zone, and the days only when there are two', () => {
  const gap = { from: NOON - 118 * MINUTE, to: NOON + 40 * MINUTE };
  expect(gapNotice(gap, 3, 'UTC')).toBe(
    'I was not reachable from 10:02 to 12:40. 3 questions came in meanwhile that are too old now; ask again if they still matter.',
  );
  expect(gapNotice(gap, 1, 'Asia/Kolkata')).toBe(
    'I was not reachable from 15:32 to 18:10. 1 question came in meanwhile that is too old now; ask again if it still matters.',
  );
  expect(gapNotice(gap, 1, 'Asia/Tokyo')).toContain('from 19:02 to 21:40.');
  expect(gapNotice(gap, 2, 'Pacific/Auckland')).toContain(
    'from Sat 2026-11-21 23:02 to Sun 2026-11-22 01:40.',
  );
});
