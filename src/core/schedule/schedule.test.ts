import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromWallTime, toWallTime } from './local-time.ts';
import { nextSlotOf, readSchedule, type ScheduleType } from './schedule.ts';

const BERLIN = 'Europe/Berlin';
const LORD_HOWE = 'Australia/Lord_Howe';
const ZONES = [BERLIN, 'America/New_York', LORD_HOWE, 'Asia/Kathmandu', 'UTC'];

function slots(type: ScheduleType, value: string, timeZone: string, after: string, count: number) {
  const anchorAt = Date.parse(after);
  const read = readSchedule(type, value, { timeZone, anchorAt });
  if (!read.ok) throw new Error(read.error);
  const found: string[] = [];
  let at: number | undefined = anchorAt;
  while (found.length < count) {
    at = nextSlotOf(read.schedule, at);
    if (at === undefined) break;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

function problem(type: ScheduleType, value: string): string {
  const read = readSchedule(type, value, { timeZone: BERLIN, anchorAt: 0 });
  return read.ok ? 'taken' : read.error;
}

test('a cron expression is read in the zone, winter and summer', () => {
  expect(slots('cron', '0 9 * * *', BERLIN, '2027-03-27T00:00:00Z', 2)).toEqual([
    '2027-03-27T08:00',
    '2027-03-28T07:00',
  ]);
});

test('a clock time that is skipped runs once, later by as much as the clocks are set forward', () => {
  expect(slots('cron', '30 2 * * *', BERLIN, '2027-03-27T12:00:00Z', 2)).toEqual([
    '2027-03-28T01:30',
    '2027-03-29T00:30',
  ]);
  expect(slots('cron', '15 2 * * *', LORD_HOWE, '2026-10-03T12:00:00Z', 1)).toEqual([
    '2026-10-03T15:45',
  ]);
});

test('skipped clock times that fall on others run once, and in the order of time', () => {
  expect(slots('cron', '*/30 * * * *', BERLIN, '2027-03-28T00:20:00Z', 4)).toEqual([
    '2027-03-28T00:30',
    '2027-03-28T01:00',
    '2027-03-28T01:30',
    '2027-03-28T02:00',
  ]);
  expect(slots('cron', '15,30 2 * * *', LORD_HOWE, '2026-10-03T12:00:00Z', 2)).toEqual([
    '2026-10-03T15:30',
    '2026-10-03T15:45',
  ]);
});

test('a clock time that comes twice runs at the first', () => {
  expect(slots('cron', '30 2 * * *', BERLIN, '2027-10-30T12:00:00Z', 2)).toEqual([
    '2027-10-31T00:30',
    '2027-11-01T01:30',
  ]);
  expect(slots('cron', '0,30 1-2 * * *', LORD_HOWE, '2027-04-03T13:00:00Z', 4)).toEqual([
    '2027-04-03T14:00',
    '2027-04-03T14:30',
    '2027-04-03T15:30',
    '2027-04-03T16:00',
  ]);
});

test('of day of month and day of week either will do, as cron has it', () => {
  expect(slots('cron', '0 0 13 * FRI', 'UTC', '2026-11-09T00:00:00Z', 2)).toEqual([
    '2026-11-13T00:00',
    '2026-11-20T00:00',
  ]);
});

test('an interval keeps to its anchor, whenever it is asked', () => {
  const schedule = { type: 'interval', everyMs: 60_000, anchorAt: 5_123 } as const;
  const positive = fc.integer({ min: 0, max: 4_000_000_000_000 });
  fc.assert(
    fc.property(positive, (after) => {
      const next = nextSlotOf(schedule, after) ?? 0;
      expect((next - 5_123) % 60_000).toBe(0);
      expect(next).toBeGreaterThan(after);
      expect(next - 60_000).toBeLessThanOrEqual(Math.max(after, 5_123));
    }),
  );
});

test('the slots of an interval are whole seconds, so that no slot that is asked for in between takes their place', () => {
  const setting = { timeZone: 'UTC', anchorAt: 0 };
  expect(readSchedule('interval', '60020', setting)).toMatchObject({
    schedule: { everyMs: 60_000 },
  });
  expect(readSchedule('interval', '3599999ms', setting)).toMatchObject({
    schedule: { everyMs: 3_599_000 },
  });
});

test('a time without an offset is local, with one it is that instant', () => {
  const after = '2026-11-21T00:00:00Z';
  expect(slots('once', '2027-07-01T09:00', BERLIN, after, 2)).toEqual(['2027-07-01T07:00']);
  expect(slots('once', '2027-07-01 09:00:30', BERLIN, after, 2)).toEqual(['2027-07-01T07:00']);
  expect(slots('once', '2027-07-01T09:00Z', BERLIN, after, 2)).toEqual(['2027-07-01T09:00']);
  expect(slots('once', '2027-07-01T09:00-05:00', BERLIN, after, 1)).toEqual(['2027-07-01T14:00']);
  expect(slots('once', '2027-03-28T02:30', BERLIN, after, 1)).toEqual(['2027-03-28T01:30']);
  expect(slots('once', '2027-10-31T02:30', BERLIN, after, 1)).toEqual(['2027-10-31T00:30']);
});

test.each<[ScheduleType, string, RegExp]>([
  ['cron', '0 0 9 * * *', /five fields; seconds/],
  ['cron', '* * * *', /five fields/],
  ['cron', '', /five fields/],
  ['cron', '@daily', /five fields/],
  ['cron', '61 * * * *', /minute: 61/],
  ['cron', '0 0 30 2 *', /never comes/],
  ['cron', '0 0 L * *', /is not a cron expression|may hold/],
  ['cron', '? * * * *', /may hold/],
  ['cron', '*/0 * * * *', /is not a cron expression/],
  ['interval', '59999', /at least one minute/],
  ['interval', '30s', /at least one minute/],
  ['interval', '400d', /at most 366 days/],
  ['interval', '-1', /number of milliseconds/],
  ['interval', '1e9', /number of milliseconds/],
  ['interval', 'soon', /number of milliseconds/],
  ['once', '2027-02-29T10:00', /no day 2027-02-29/],
  ['once', '2027-13-01T10:00', /no day 2027-13-01/],
  ['once', '2027-01-01T24:00', /no time 24:00/],
  ['once', '2027-01-01T10:60', /no time 10:60/],
  ['once', '2027-01-01T10:00+25:00', /no offset/],
  ['once', '2027-01-01', /is written as/],
  ['once', 'tomorrow', /is written as/],
])('%s "%s" is refused with what to write', (type, value, reason) => {
  expect(problem(type, value)).toMatch(reason);
});

const instants = fc.integer({
  min: Date.UTC(2026, 0, 1) / 60_000,
  max: Date.UTC(2030, 0, 1) / 60_000,
});

test('what the clocks show leads back to the instant, but for the second of two', () => {
  fc.assert(
    fc.property(instants, fc.constantFrom(...ZONES), (minute, zone) => {
      const at = minute * 60_000;
      const back = fromWallTime(toWallTime(at, zone), zone);
      expect(back).toBeLessThanOrEqual(at);
      expect([0, 1_800_000, 3_600_000]).toContain(at - back);
      expect(toWallTime(back, zone)).toBe(toWallTime(at, zone));
    }),
    { numRuns: 2_000 },
  );
});

const fields = fc.tuple(
  fc.constantFrom('*', '*/7', '0', '15,45', '30', '10-50/20'),
  fc.constantFrom('*', '2', '1-3', '0,12', '*/2'),
  fc.constantFrom('*', '1', '31', '*/9'),
  fc.constantFrom('*', '3,10', 'JAN'),
  fc.constantFrom('*', '0', '1-5', 'SUN'),
);

/** What cron means, minute by minute, without croner: of a plain clock time only. */
function matches(wall: number, [minute, hour, , ,]: readonly string[]): boolean {
  const time = new Date(wall);
  return isIn(time.getUTCMinutes(), minute, 60) && isIn(time.getUTCHours(), hour, 24);
}

function isIn(value: number, field = '*', size = 0): boolean {
  return field.split(',').some((part) => {
    const [range = '*', step = '1'] = part.split('/');
    const [from = 0, to = Number(range)] =
      range === '*' ? [0, size - 1] : range.split('-').map(Number);
    return value >= from && value <= to && (value - from) % Number(step) === 0;
  });
}

test('the next slot is after the asked instant, and no slot lies between', () => {
  fc.assert(
    fc.property(fields, instants, fc.constantFrom(...ZONES), (parts, minute, timeZone) => {
      const schedule = { type: 'cron', expression: parts.join(' '), timeZone } as const;
      const after = minute * 60_000;
      const next = nextSlotOf(schedule, after);
      if (next === undefined) return;
      expect(next).toBeGreaterThan(after);
      const between = after + Math.floor((next - after) / 2);
      if (between > after) expect(nextSlotOf(schedule, between)).toBe(next);
      expect(nextSlotOf(schedule, next - 1)).toBe(next);
    }),
    { numRuns: 500 },
  );
});

test('through every change of the clocks each clock time runs exactly once', () => {
  const changes = [
    [BERLIN, '2027-03-28T00:00:00Z'],
    [BERLIN, '2027-10-31T00:00:00Z'],
    ['America/New_York', '2027-03-14T06:00:00Z'],
    ['America/New_York', '2027-11-07T05:00:00Z'],
    [LORD_HOWE, '2027-04-03T14:00:00Z'],
    [LORD_HOWE, '2026-10-03T14:00:00Z'],
  ] as const;
  for (const [timeZone, around] of changes) {
    for (const parts of [
      ['*/10', '*'],
      ['15,30', '1-3'],
      ['45', '2'],
    ]) {
      const from = Date.parse(around) - 6 * 3_600_000;
      const to = from + 12 * 3_600_000;
      const wanted = new Set<number>();
      const lastWall = toWallTime(to, timeZone);
      for (let wall = toWallTime(from, timeZone) + 60_000; wall <= lastWall; wall += 60_000) {
        if (matches(wall, parts)) wanted.add(fromWallTime(wall, timeZone));
      }
      const expression = `${parts.join(' ')} * * *`;
      const found: number[] = [];
      let at = nextSlotOf({ type: 'cron', expression, timeZone }, from);
      while (at !== undefined && at <= to) {
        found.push(at);
        at = nextSlotOf({ type: 'cron', expression, timeZone }, at);
      }
      expect(found).toEqual([...wanted].sort((a, b) => a - b));
    }
  }
});
