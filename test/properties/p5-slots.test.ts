import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { SlotWorld } from './slot-world.ts';

const world = new SlotWorld();
afterAll(() => world.db.close());

const HOUR = 3_600_000;
const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
);
const schedule = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('0', '30', '*/15', '5,35'),
      fc.constantFrom('*', '2', '1-3', '*/6', '23'),
    )
    .map(([minute, hour]) => ({ scheduleType: 'cron', scheduleValue: `${minute} ${hour} * * *` })),
  fc
    .constantFrom('11m', '30m', '1h', '90m', '26h')
    .map((scheduleValue) => ({ scheduleType: 'interval', scheduleValue })),
  fc
    .constantFrom('2026-03-29T02:30', '2026-10-25T02:30', '2026-11-01T01:30')
    .map((scheduleValue) => ({ scheduleType: 'once', scheduleValue })),
);
const task = fc.record({ schedule, timeZone: zone }).map(({ schedule, timeZone }) => ({
  ...(schedule as { scheduleType: 'cron' | 'interval' | 'once'; scheduleValue: string }),
  contextMode: 'isolated' as const,
  timeZone,
}));

/** Timers that come in time or late, a clock that is set, a machine that sleeps. */
const pass = fc
  .oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 45 * 60_000 }) },
    { weight: 2, arbitrary: fc.integer({ min: -2 * HOUR, max: 2 * HOUR }) },
    { weight: 1, arbitrary: fc.integer({ min: 2 * HOUR, max: 12 * HOUR }) },
  )
  .map((ms) => () => world.pass(ms));
const step = fc.oneof(
  { weight: 5, arbitrary: pass },
  { weight: 5, arbitrary: fc.constant(() => world.claim()) },
  { weight: 1, arbitrary: fc.constant(() => world.resumeAll()) },
  { weight: 2, arbitrary: fc.nat(6).map((write) => () => world.crashInClaim(write)) },
  { weight: 4, arbitrary: fc.constant(() => world.run()) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('answered' as const, 'failed' as const, 'again' as const)
      .map((how) => () => world.end(how)),
  },
);

const runs = fc.record({
  start: fc.nat(2),
  tasks: fc.array(task, { minLength: 1, maxLength: 4 }),
  steps: fc.array(step, { maxLength: 40, size: 'max' }),
});

test('P5: whatever the schedules, the zones, the jumps of the clock and the crashes, each slot is there once and none is lost', () => {
  let slots = 0;
  fc.assert(
    fc.property(runs, ({ start, tasks, steps }) => {
      world.begin(start, tasks);
      for (const step of steps) step();
      world.expectNoneLost();
      slots += world.taskRuns.waitingSince(Infinity).length;
    }),
    { numRuns: 400 },
  );
  expect(slots).toBeGreaterThan(0);
});

test('P5: the slots of a chat that is registered no more are recorded up to then, and its task pauses', () => {
  fc.assert(
    fc.property(runs, ({ start, tasks, steps }) => {
      world.begin(start, tasks);
      for (const step of steps) step();
      world.unregister();
      world.pass(5 * HOUR);
      world.claim();
      world.expectNoneLost();
      expect(world.tasks.due(world.nowMs)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
