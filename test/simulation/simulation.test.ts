import { expect, test } from 'vitest';
import { playInProcesses } from './play-in-processes.ts';
import { shrink } from './shrink.ts';
import { Simulator } from './simulator.ts';

test('a seed plays the same history in each process, whatever was played before', async () => {
  const series = { count: 40, seed: 7_000 };
  const alone = await playInProcesses({ ...series, workers: 1 });
  const shared = await playInProcesses({ ...series, workers: 2 });
  expect(shared).toEqual(alone);
  expect(alone).toMatchObject({ histories: 40, violated: 0 });
});

test('a script of its own events leads a history to the same violation', async () => {
  using simulator = new Simulator('ack-before-store');
  const seed = 67;
  const { trace, violations } = await simulator.play(seed);
  expect(violations).toEqual(['P2: q2 was lost']);
  const shrunk = await shrink(simulator, seed, trace);
  expect(shrunk.length).toBeLessThan(trace.length);
  expect((await simulator.play(seed, shrunk)).violations).toEqual(violations);
});

test('an answer that has no row in the outbox is found', async () => {
  using simulator = new Simulator('fresh-id');
  const { violations } = await simulator.play(1);
  expect(violations).not.toEqual([]);
});
