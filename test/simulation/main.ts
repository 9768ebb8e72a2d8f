import { randomInt } from 'node:crypto';
import type { Totals } from './interleavings.ts';
import { readOptions } from './options.ts';
import { playInProcesses } from './play-in-processes.ts';

const {
  count,
  seed = randomInt(2 ** 31),
  json,
  mutate,
  workers,
} = readOptions(process.argv.slice(2));
const totals = await playInProcesses({ count, seed, mutate, workers });
process.stdout.write(json ? `${JSON.stringify({ seed, ...totals })}\n` : describe(seed, totals));
if (totals.violated > 0) process.exitCode = 1;

function describe(seed: number, { failures, ...totals }: Totals): string {
  const lines = [
    `${totals.histories} histories from seed ${seed}: ${totals.violated} violated`,
    `${totals.events} events, ${totals.slots} slots, ${totals.deaths} hosts that died or stopped`,
    ...failures.flatMap(({ seed, violations, shrunk }) => [
      `seed ${seed}: ${violations.join('; ')}`,
      ...shrunk.map((name) => `  ${name}`),
      `again: npm run interleavings -- --count 1 --seed ${seed}`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}
