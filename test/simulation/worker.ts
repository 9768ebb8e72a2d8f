import { parseArgs } from 'node:util';
import { mutateSources } from '../mutation/mutate-sources.ts';
import { SOURCE_MUTATIONS } from './mutations.ts';

/** Plays a part of the histories, and prints what became of them as one line of JSON. */
const { values } = parseArgs({
  options: {
    first: { type: 'string', default: '0' },
    count: { type: 'string', default: '1' },
    mutate: { type: 'string' },
  },
});
const SOURCES = new URL('../../src', import.meta.url).pathname;
const replacement = SOURCE_MUTATIONS[values.mutate ?? ''];
// Before the engine is loaded.
if (replacement !== undefined) mutateSources(SOURCES, [replacement]);
const { playAll } = await import('./interleavings.ts');
const seeds = Array.from(
  { length: Number(values.count) },
  (_, index) => Number(values.first) + index,
);
process.stdout.write(`${JSON.stringify(await playAll(seeds, values.mutate))}\n`);
