import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProfileId } from '../../src/credentials/stored-credential.ts';
import { DAY, HOUR, OWN, SignInWorld } from './sign-in-world.ts';
import { SimulatedTimers } from './simulated-timers.ts';

const TEAM: ProfileId = { name: 'openai-codex', folder: 'team' };

let world: SignInWorld;
let timers: SimulatedTimers;
beforeEach(async () => {
  world = await SignInWorld.open();
  timers = new SimulatedTimers(() => world.now);
});
afterEach(async () => await world[Symbol.asyncDispose]());

/** Lets the time pass in quarters of an hour, with whatever is due in each. */
async function pass(ms: number, refresher: { idle(): Promise<void> }): Promise<void> {
  for (let passed = 0; passed < ms; passed += HOUR / 4) {
    world.pass(HOUR / 4);
    timers.fire();
    await refresher.idle();
  }
}

test('every profile is refreshed in its time without anybody asking', async () => {
  await world.signIn(OWN);
  await using refresher = world.refresher({ after: timers.after });
  refresher.start();
  await refresher.idle();
  await pass(DAY, refresher);
  await world.signIn(TEAM);
  await pass(8 * DAY - HOUR, refresher);
  expect(world.server.counts.refreshes).toBe(0);
  await pass(2 * HOUR, refresher);
  expect(world.refreshed.map(({ id }) => id)).toEqual([OWN]);
  await pass(DAY, refresher);
  expect(world.refreshed.map(({ id }) => id)).toEqual([OWN, TEAM]);
  expect(world.server.counts).toMatchObject({ refreshes: 2, reuses: 0 });
});

test('a refresh that failed is tried again soon, long before the token expires', async () => {
  await world.signIn();
  world.pass(9 * DAY);
  world.server.failNext('refresh', { status: 500 });
  await using refresher = world.refresher({ after: timers.after });
  refresher.start();
  await refresher.idle();
  expect(world.server.counts.refreshes).toBe(0);
  world.pass(60_000);
  timers.fire();
  await refresher.idle();
  expect(world.server.counts.refreshes).toBe(1);
});

test('a token that another process refreshed is noticed within a quarter of an hour', async () => {
  const { accessToken } = await world.signIn();
  await using refresher = world.refresher({ after: timers.after });
  refresher.start();
  await refresher.idle();
  await using other = world.refresher();
  await other.renew(OWN, accessToken);
  world.refreshed.length = 0;
  await pass(HOUR / 2, refresher);
  expect(world.refreshed).toMatchObject([{ id: OWN }]);
});

test('a sign-in that is over is not asked for again', async () => {
  await world.signIn();
  world.server.failNext('refresh', { code: 'refresh_token_expired' });
  await using refresher = world.refresher({ after: timers.after });
  refresher.start();
  await refresher.idle();
  await pass(12 * DAY, refresher);
  expect(world.server.requests).toHaveLength(1);
  expect(world.broken).toHaveLength(1);
});

test('nothing is under way after the end', async () => {
  await world.signIn();
  const refresher = world.refresher({ after: timers.after });
  refresher.start();
  await refresher[Symbol.asyncDispose]();
  expect(timers.count).toBe(0);
});
