import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { DEADLY_POINTS } from './history.ts';
import { playInProcesses } from './play-in-processes.ts';

const HISTORIES = 100_000;
/** A bound for what hangs; an idle machine of two cores needs a small part of it. */
const LIMIT_MS = 45 * 60_000;

test(
  'of 100,000 histories with crashes at every point none loses, repeats or runs a slot twice',
  async () => {
    const seed = randomInt(2 ** 31);
    process.stdout.write(`interleavings from seed ${seed}\n`);
    const workers = availableParallelism();
    const totals = await playInProcesses({ count: HISTORIES, seed, workers });
    const { events, slots, deaths, diedAt, ...verdict } = totals;
    process.stdout.write(`${events} events, ${slots} slots, ${deaths} hosts died or stopped\n`);
    expect({ seed, ...verdict }).toMatchObject({
      seed,
      histories: HISTORIES,
      violated: 0,
      failures: [],
    });
    expect(slots).toBeGreaterThanOrEqual(HISTORIES);
    expect(Object.keys(diedAt).sort()).toEqual(DEADLY_POINTS.toSorted());
  },
  LIMIT_MS,
);
