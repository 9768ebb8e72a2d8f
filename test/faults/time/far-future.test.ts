import { expect, test } from 'vitest';
import { schedule, slotsOf, taskOf } from '../../engine/task-world.ts';
import { World } from '../../engine/world.ts';
import { answer } from '../../fakes/fake-runner.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

test('a task that is further away than a timer can hold waits for its time, over a restart', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const at = Math.floor(world.nowMs / 1_000) * 1_000 + 60 * DAY_MS;
  const scheduleValue = new Date(at).toISOString();
  const id = schedule(world, { scheduleType: 'once', scheduleValue });
  await engine.idle();
  await world.passUntil(world.nowMs + 2 * HOUR_MS);
  expect(slotsOf(world, id)).toEqual([]);
  await world.stopHost();
  world.nowMs = at - 2 * HOUR_MS;
  world.startHost();
  world.runner.respond = () => answer('it is time');
  world.open();
  await world.passUntil(at - 1_000);
  expect(world.channel.texts).toEqual([]);
  await world.passUntil(at + 60_000);
  expect(world.channel.texts).toEqual(['it is time']);
  expect(taskOf(world, id).status).toBe('done');
});
