import { expect, test } from 'vitest';
import { MUTATIONS } from './mutations.ts';
import { playInProcesses } from './play-in-processes.ts';

/** So many histories find each of the faults several times. */
const HISTORIES = 400;
const SEED = 1;

test.each(MUTATIONS)(
  'the simulation finds the fault %s',
  async (mutate) => {
    const { violated } = await playInProcesses({
      count: HISTORIES,
      seed: SEED,
      mutate,
      workers: 2,
    });
    expect(violated).toBeGreaterThan(0);
  },
  600_000,
);

test('without a fault the same histories violate nothing', async () => {
  const totals = await playInProcesses({ count: HISTORIES, seed: SEED, workers: 2 });
  expect(totals).toMatchObject({ histories: HISTORIES, violated: 0 });
}, 600_000);
