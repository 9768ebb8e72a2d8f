import { join } from 'node:path';
import { isErrno } from '../../../src/errno.ts';
import { mutateSources } from '../../mutation/mutate-sources.ts';
import type { RowResult } from './attack-row.ts';
import { MUTATIONS } from './mutations.ts';
import { ATTACKS_HELP, readOptions } from './options.ts';
import { renderJson, renderRow, renderTotal } from './render.ts';

const SOURCES = join(import.meta.dirname, '..', '..', '..', 'src');

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const outcome = readOptions(argv);
  if (outcome.ok === 'help') {
    process.stdout.write(ATTACKS_HELP);
    return 0;
  }
  if (!outcome.ok) {
    process.stderr.write(`${outcome.problem}. See --help.\n`);
    return 2;
  }
  const { mutation, isJson } = outcome.options;
  if (mutation !== undefined) mutateSources(SOURCES, MUTATIONS[mutation].changes);
  // Only now, because it loads what is mutated.
  const { attackAll, findUnmade } = await import('./attack-all.ts');
  const unmade = findUnmade(outcome.options);
  if (unmade.length > 0) {
    process.stderr.write(`${unmade.join()} cannot be attacked without containers.\n`);
    return 2;
  }
  const results: RowResult[] = [];
  for await (const result of attackAll(outcome.options, signal)) {
    results.push(result);
    // As each comes: all of them take minutes.
    (isJson ? process.stderr : process.stdout).write(renderRow(result));
  }
  process.stdout.write(isJson ? renderJson(results) : renderTotal(results));
  return results.every(({ isWithstood }) => isWithstood) ? 0 : 1;
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (!isErrno(error, 'EPIPE')) throw error;
    // Nobody reads on: what was begun is cleaned up, and nothing more is attacked.
    stop.abort();
  });
}
process.exitCode = await main(process.argv.slice(2), stop.signal).catch((error: unknown) => {
  if (!stop.signal.aborted) throw error;
  return 1;
});
