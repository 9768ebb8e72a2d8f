import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetNotice, dayOf, findOverrun, isPaused } from './budget.ts';
import { toWallTime } from './schedule/local-time.ts';

const HOUR = 3_600_000;

function hoursOf(at: string, timeZone: string): { date: string; hours: number } {
  const { date, from, until } = dayOf(Date.parse(at), timeZone);
  return { date, hours: (until - from) / HOUR };
}

describe('a day', () => {
  test('goes from midnight to midnight of the zone', () => {
    expect(dayOf(Date.parse('2026-11-21T23:30Z'), 'Europe/Berlin')).toEqual({
      date: '2026-11-22',
      from: Date.parse('2026-11-21T23:00Z'),
      until: Date.parse('2026-11-22T23:00Z'),
    });
  });

  test.for([
    ['2026-03-29T12:00Z', 'Europe/Berlin', '2026-03-29', 23],
    ['2026-10-25T12:00Z', 'Europe/Berlin', '2026-10-25', 25],
    // Clocks are set forward at midnight, so that the day begins at one.
    ['2026-09-06T12:00Z', 'America/Santiago', '2026-09-06', 23],
    // Clocks are set back at midnight, so that the day has its last hour twice.
    ['2026-04-05T02:30Z', 'America/Santiago', '2026-04-04', 25],
    ['2026-04-05T03:30Z', 'America/Santiago', '2026-04-04', 25],
    ['2026-11-21T12:00Z', 'Asia/Kathmandu', '2026-11-21', 24],
    ['2026-10-04T12:00Z', 'Australia/Lord_Howe', '2026-10-04', 23.5],
  ] as const)('at %s in %s is %s with %d hours', ([at, timeZone, date, hours]) => {
    expect(hoursOf(at, timeZone)).toEqual({ date, hours });
  });

  test('holds its instant, and the next day begins where it ends', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/Santiago', 'America/Havana', 'Africa/Cairo'];
    const more = ['Asia/Beirut', 'Pacific/Chatham', 'Australia/Lord_Howe', 'America/St_Johns'];
    const instant = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) });
    fc.assert(
      fc.property(instant, fc.constantFrom(...zones, ...more), (at, zone) => {
        const day = dayOf(at, zone);
        expect(day.from).toBeLessThanOrEqual(at);
        expect(day.until).toBeGreaterThan(at);
        expect(dayOf(day.until, zone).from).toBe(day.until);
        expect(dayOf(day.until - 1, zone)).toEqual(day);
        expect(new Date(toWallTime(day.from, zone)).toISOString().slice(0, 10)).toBe(day.date);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a budget', () => {
  test('is used up by the last run that it allows, and by the run that passes its tokens', () => {
    const budget = { runsPerDay: 3, tokensPerDay: 1_000 };
    expect(findOverrun(budget, { runs: 2, tokens: 999 })).toBeUndefined();
    expect(findOverrun(budget, { runs: 3, tokens: 0 })).toEqual({ what: 'runs', limit: 3 });
    expect(findOverrun(budget, { runs: 1, tokens: 1_000 })?.what).toBe('tokens');
  });

  test('without limits allows everything, and one of nothing is a pause', () => {
    expect(findOverrun({}, { runs: 1e6, tokens: 1e9 })).toBeUndefined();
    expect(isPaused({})).toBe(false);
    for (const budget of [{ runsPerDay: 0 }, { tokensPerDay: 0 }]) {
      expect(isPaused(budget)).toBe(true);
      expect(findOverrun(budget, { runs: 0, tokens: 0 })).toBeDefined();
    }
  });
});

test('the notice says how much it was and when the assistant works again', () => {
  const until = Date.parse('2026-11-21T23:00Z');
  expect(budgetNotice({ what: 'runs', limit: 1 }, until, 'Europe/Berlin')).toBe(
    'This chat has used up its 1 run for today, so I answer again from Sun 2026-11-22 00:00 on.',
  );
  expect(budgetNotice({ what: 'tokens', limit: 250_000 }, until, 'UTC')).toContain(
    '250,000 tokens',
  );
});
