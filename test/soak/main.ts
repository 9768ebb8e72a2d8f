import { readOptions, SOAK_HELP } from './options.ts';
import { renderReport } from './report.ts';
import { runSoak } from './soak.ts';

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const outcome = readOptions(argv);
  if (!outcome.ok) {
    process.stderr.write(`${outcome.problem}. See --help.\n`);
    return 2;
  }
  const { options } = outcome;
  if (options.isHelp) {
    process.stdout.write(SOAK_HELP);
    return 0;
  }
  try {
    const figures = await runSoak(options, signal);
    const text = options.isJson ? JSON.stringify(figures) : renderReport(figures);
    process.stdout.write(`${text}\n`);
    return figures.isSound ? 0 : 1;
  } catch (error) {
    if (signal.aborted) return 130;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());
process.exitCode = await main(process.argv.slice(2), interrupted.signal);
