import { expect, test } from 'vitest';
import { schedule, slotsOf } from '../../engine/task-world.ts';
import { World } from '../../engine/world.ts';
import { answer } from '../../fakes/fake-runner.ts';

const HOUR_MS = 3_600_000;

interface Change {
  readonly title: string;
  readonly timeZone: string;
  /** An hour before the clocks change, or two. */
  readonly from: string;
  readonly cron: string;
  /** When the agent is asked in the 26 hours that follow. */
  readonly runs: readonly string[];
}

const CHANGES: readonly Change[] = [
  {
    title: 'a time that Berlin skips in spring',
    timeZone: 'Europe/Berlin',
    from: '2027-03-28T00:00Z',
    cron: '30 2 * * *',
    runs: ['2027-03-28T01:30', '2027-03-29T00:30'],
  },
  {
    title: 'a time that Berlin has twice in autumn',
    timeZone: 'Europe/Berlin',
    from: '2027-10-31T00:00Z',
    cron: '30 2 * * *',
    runs: ['2027-10-31T00:30', '2027-11-01T01:30'],
  },
  {
    title: 'a time that New York skips in spring',
    timeZone: 'America/New_York',
    from: '2027-03-14T06:00Z',
    cron: '30 2 * * *',
    runs: ['2027-03-14T07:30', '2027-03-15T06:30'],
  },
  {
    title: 'a time that New York has twice in autumn',
    timeZone: 'America/New_York',
    from: '2027-11-07T05:00Z',
    cron: '30 1 * * *',
    runs: ['2027-11-07T05:30', '2027-11-08T06:30'],
  },
  {
    title: 'a time in the half hour that Lord Howe skips in spring',
    timeZone: 'Australia/Lord_Howe',
    from: '2026-10-03T14:30Z',
    cron: '15 2 * * *',
    runs: ['2026-10-03T15:45', '2026-10-04T15:15'],
  },
  {
    title: 'a time in the half hour that Lord Howe has twice in autumn',
    timeZone: 'Australia/Lord_Howe',
    from: '2027-04-03T14:00Z',
    cron: '45 1 * * *',
    runs: ['2027-04-03T14:45', '2027-04-04T15:15'],
  },
];

test.each(CHANGES)('$title runs once', async ({ timeZone, from, cron, runs }) => {
  await using world = new World();
  world.nowMs = Date.parse(from);
  const engine = world.startHost();
  // Nothing dies here, and a minute is a commit.
  world.db?.pragma('synchronous = OFF');
  const asked: string[] = [];
  world.runner.respond = () => {
    asked.push(new Date(world.nowMs).toISOString().slice(0, 16));
    return answer('good morning');
  };
  world.open();
  const id = schedule(world, { scheduleType: 'cron', scheduleValue: cron }, timeZone);
  await engine.idle();
  await world.passUntil(world.nowMs + 26 * HOUR_MS);
  expect(asked).toEqual(runs);
  expect(world.channel.texts).toEqual(runs.map(() => 'good morning'));
  expect(slotsOf(world, id).map(({ state }) => state)).toEqual(runs.map(() => 'answered'));
});
