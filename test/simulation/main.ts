import { randomInt } from 'node:crypto';
import type { Totals } from './interleavings.ts';
import { INTERLEAVINGS_HELP, type Options, readOptions } from './options.ts';
import { playInProcesses } from './play-in-processes.ts';

async function main(argv: readonly string[]): Promise<number> {
  const outcome = readOptions(argv, randomInt(2 ** 31));
  if (outcome.ok === 'help') {
    process.stdout.write(INTERLEAVINGS_HELP);
    return 0;
  }
  if (!outcome.ok) {
    process.stderr.write(`${outcome.problem}. See --help.\n`);
    return 2;
  }
  const { options } = outcome;
  const totals = await playInProcesses(options);
  const { seed, isJson } = options;
  process.stdout.write(
    isJson ? `${JSON.stringify({ seed, ...totals })}\n` : describe(options, totals),
  );
  return totals.violated > 0 ? 1 : 0;
}

function describe({ seed, mutate }: Options, { failures, ...totals }: Totals): string {
  const fault = mutate === undefined ? '' : ` --mutate ${mutate}`;
  const lines = [
    `${totals.histories} histories from seed ${seed}: ${totals.violated} violated`,
    `${totals.events} events, ${totals.slots} slots, ${totals.deaths} hosts that died or stopped`,
    ...failures.flatMap(({ seed, violations, shrunk }) => [
      `seed ${seed}: ${violations.join('; ')}`,
      ...shrunk.map((name) => `  ${name}`),
      `again: npm run interleavings -- --count 1 --seed ${seed}${fault}`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

process.exitCode = await main(process.argv.slice(2));
