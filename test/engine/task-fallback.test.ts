import { expect, test } from 'vitest';
import { answer } from '../fakes/fake-runner.ts';
import { ChainWorld, failure, HOUR_MS } from './chain-world.ts';
import { HOUR, MINUTE, schedule, slotsOf, taskOf } from './task-world.ts';

/** Slots are whole seconds. */
const wholeSecond = (at: number) => at - (at % 1000);

/** A task of every hour, in a group with a chain of three models. */
async function startTask(world: ChainWorld): Promise<{ id: string; firstAt: number }> {
  const engine = world.start();
  const firstAt = wholeSecond(world.nowMs) + HOUR;
  const id = schedule(world);
  await engine.idle();
  return { id, firstAt };
}

test('a task whose first model is at its limit is done by the next one in the same attempt', async () => {
  await using world = new ChainWorld();
  const { id, firstAt } = await startTask(world);
  world.outcomes = {
    'gpt-a': () => failure('quota', { retryAt: firstAt + 90 * MINUTE }),
    'gpt-b': () => answer('Sunny'),
  };
  await world.passUntil(firstAt + 30 * MINUTE);
  expect(world.asked).toEqual(['gpt-a', 'gpt-b']);
  expect(world.channel.texts).toEqual(['Sunny']);
  expect(slotsOf(world, id)).toMatchObject([{ state: 'answered', attempt: 1 }]);
  await world.passUntil(firstAt + HOUR);
  expect(world.asked).toEqual(['gpt-a', 'gpt-b', 'gpt-b']);
});

test('a task that no model can do for the moment is tried again when the first limit ends', async () => {
  await using world = new ChainWorld();
  const { id, firstAt } = await startTask(world);
  const retryAt = firstAt + 20 * MINUTE;
  world.outcomes = {
    'gpt-a': () => failure('quota', { retryAt: retryAt + 5 * MINUTE }),
    'gpt-b': () => failure('quota', { retryAt }),
    'gpt-c': () => failure('model'),
  };
  await world.passUntil(retryAt - MINUTE);
  expect(world.asked).toEqual(['gpt-a', 'gpt-b', 'gpt-c']);
  expect(slotsOf(world, id)).toMatchObject([{ state: 'waiting', dueAt: retryAt }]);
  world.outcomes = {};
  await world.passUntil(retryAt + MINUTE);
  expect(world.asked.at(-1)).toBe('gpt-b');
  expect(world.channel.texts).toEqual(['fine']);
  expect(slotsOf(world, id)).toMatchObject([{ state: 'answered', attempt: 2 }]);
});

test('a task that no model can do today fails at once, and the group is told until when', async () => {
  await using world = new ChainWorld();
  const { id, firstAt } = await startTask(world);
  const retryAt = Date.UTC(2026, 10, 22, 7, 30);
  world.outcomes = {
    'gpt-a': () => failure('quota', { retryAt: retryAt + HOUR_MS }),
    'gpt-b': () => failure('quota', { retryAt }),
    'gpt-c': () => failure('model'),
  };
  await world.passUntil(firstAt + 30 * MINUTE);
  expect(world.channel.texts).toEqual([
    expect.stringContaining('limit of the model is reached until Sun 2026-11-22 07:30.'),
  ]);
  expect(slotsOf(world, id)).toMatchObject([{ state: 'failed', attempt: 1 }]);
  expect(taskOf(world, id)).toMatchObject({ status: 'active', failures: 1 });
});

test('a task is not put to another model after a tool has run, nor tried again', async () => {
  await using world = new ChainWorld();
  const { id, firstAt } = await startTask(world);
  world.outcomes = { 'gpt-a': () => failure('quota', { hasSideEffects: true }) };
  await world.passUntil(firstAt + 30 * MINUTE);
  expect(world.asked).toEqual(['gpt-a']);
  expect(slotsOf(world, id)).toMatchObject([{ state: 'failed', attempt: 1 }]);
});
