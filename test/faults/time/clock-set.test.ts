import { expect, test } from 'vitest';
import type { TaskRun } from '../../../src/db/task-runs.ts';
import { OWN, SignInWorld } from '../../credentials/sign-in-world.ts';
import { SimulatedTimers } from '../../credentials/simulated-timers.ts';
import { ChainWorld, failure } from '../../engine/chain-world.ts';
import { createChance } from '../../engine/simulated-years.ts';
import { HOUR, MINUTE, schedule, slotsOf } from '../../engine/task-world.ts';
import { World } from '../../engine/world.ts';
import { answer } from '../../fakes/fake-runner.ts';

const EVERY_MS = 10 * MINUTE;
const STEPS = 150;

/** The slots that a record stands for. */
function covered({ scheduledFor, missedUntil }: TaskRun): number[] {
  const count = missedUntil === null ? 1 : Math.ceil((missedUntil - scheduledFor) / EVERY_MS);
  return Array.from({ length: count }, (_, index) => scheduledFor + index * EVERY_MS);
}

function everyTenMinutes(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / EVERY_MS + 1 }, (_, index) => from + index * EVERY_MS);
}

test.each([1, 2, 3, 4, 5, 6])(
  'however the clock is set an hour back and forth, each slot has one record and one run at most, and each question one answer (seed %i)',
  async (seed) => {
    const chance = createChance(seed);
    await using world = new World();
    const engine = world.startHost();
    world.db?.pragma('synchronous = OFF');
    const planned: (string | undefined)[] = [];
    world.runner.respond = ({ request }) => {
      const isTask = request.prompt.includes('scheduled task');
      if (isTask) planned.push(/planned="[^"]*"/.exec(request.prompt)?.[0]);
      return answer(isTask ? '<internal>done</internal>' : 'here I am');
    };
    world.open();
    const id = schedule(world, { scheduleValue: '10m' });
    let asked = 0;
    for (let step = 0; step < STEPS; step++) {
      await world.passUntil(world.nowMs + Math.floor(chance() * EVERY_MS));
      if (chance() < 0.1) world.nowMs += (chance() < 0.5 ? -1 : 1) * HOUR;
      if (chance() < 0.2) {
        engine.ingest(world.message());
        asked += 1;
      }
      await engine.idle();
    }
    const slots = slotsOf(world, id);
    const all = slots.flatMap(covered);
    expect(all).toEqual(everyTenMinutes(all[0] ?? 0, all.at(-1) ?? 0));
    expect(planned).toHaveLength(slots.filter(({ state }) => state !== 'skipped').length);
    expect(new Set(planned).size).toBe(planned.length);
    expect(planned.length).toBeGreaterThan(STEPS / 20);
    expect(world.channel.texts.filter((text) => text === 'here I am')).toHaveLength(asked);
  },
);

test.each([-HOUR, HOUR])(
  'while a model cools down a clock that is set by %i ms costs nobody an answer',
  async (by) => {
    await using world = new ChainWorld();
    world.start();
    const retryAt = world.nowMs + 30 * MINUTE;
    world.outcomes = { 'gpt-a': () => failure('quota', { retryAt }) };
    await world.ask();
    world.nowMs += by;
    await world.ask();
    world.outcomes = {};
    await world.passUntil(world.nowMs + 2 * HOUR);
    await world.ask();
    expect(world.channel.texts).toEqual(['fine', 'fine', 'fine']);
    expect(world.asked.at(-1)).toBe('gpt-a');
  },
);

test.each([-HOUR, HOUR])(
  'a sign-in is refreshed once in its time although the clock is set by %i ms before',
  async (by) => {
    await using world = await SignInWorld.open({ accessTokenLifetimeS: 5 * 3_600 });
    const timers = new SimulatedTimers(() => world.now);
    await world.signIn();
    await using refresher = world.refresher({ after: timers.after });
    refresher.start();
    await refresher.idle();
    world.pass(by);
    for (let passed = 0; passed < 5 * HOUR; passed += 15 * MINUTE) {
      world.pass(15 * MINUTE);
      timers.fire();
      await refresher.idle();
      expect(await refresher.access(OWN)).toMatchObject({ status: 'ok' });
    }
    expect(world.server.counts).toMatchObject({ refreshes: 1, reuses: 0 });
  },
);

test('a server that failed is asked again soon although the clock is set back', async () => {
  await using world = await SignInWorld.open();
  const { accessToken } = await world.signIn();
  await using refresher = world.refresher();
  world.server.failNext('refresh', { status: 500 });
  expect(await refresher.renew(OWN, accessToken)).toMatchObject({ status: 'unavailable' });
  world.pass(-HOUR);
  expect(await refresher.access(OWN)).toMatchObject({ status: 'ok' });
});
