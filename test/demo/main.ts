import { join } from 'node:path';
import { runDemo } from './demo.ts';
import { DEMO_HELP, readOptions } from './options.ts';

const outcome = readOptions(process.argv.slice(2));
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

if (!outcome.ok) {
  process.stderr.write(`${outcome.problem}. See --help.\n`);
  process.exitCode = 2;
} else if (outcome.options.isHelp) {
  process.stdout.write(DEMO_HELP);
} else {
  const projectRoot = join(import.meta.dirname, '..', '..');
  process.exitCode = await runDemo(outcome.options, projectRoot, stop.signal);
}
