import { parseArgs } from 'node:util';
import { mutateSources } from './mutations.ts';

/** Plays a part of the histories, and prints what became of them as one line of JSON. */
const { values } = parseArgs({
  options: {
    first: { type: 'string', default: '0' },
    count: { type: 'string', default: '1' },
    mutate: { type: 'string' },
  },
});
if (values.mutate !== undefined) mutateSources(values.mutate);
const { playAll } = await import('./interleavings.ts');
const seeds = Array.from(
  { length: Number(values.count) },
  (_, index) => Number(values.first) + index,
);
process.stdout.write(`${JSON.stringify(await playAll(seeds, values.mutate))}\n`);
