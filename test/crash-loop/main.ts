import { randomInt } from 'node:crypto';
import { runCrashLoop } from './loop.ts';
import { CRASH_LOOP_HELP, type LoopOptions, readOptions } from './options.ts';
import { renderProblems, renderResult } from './render.ts';
import { findFaults } from './result.ts';
import { tellStories } from './stories.ts';
import { type CrashWorld, openCrashWorld } from './world.ts';

const SHOW_EVERY = 50;

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const outcome = readOptions(argv, randomInt(2 ** 32));
  if (outcome.ok === 'help') {
    process.stdout.write(CRASH_LOOP_HELP);
    return 0;
  }
  if (!outcome.ok) {
    process.stderr.write(`${outcome.problem}. See --help.\n`);
    return 2;
  }
  try {
    await using world = await openCrashWorld(signal);
    return await loop(outcome.options, outcome.isJson, world, signal);
  } catch (error) {
    if (signal.aborted) return 130;
    throw error;
  }
}

async function loop(
  options: LoopOptions,
  isJson: boolean,
  world: CrashWorld,
  signal: AbortSignal,
): Promise<number> {
  const { kills, seed } = options;
  process.stderr.write(`seed ${seed}\n`);
  const { result, problems, ledger } = await runCrashLoop(options, world, signal, ({ number }) => {
    if (number % SHOW_EVERY === 0) process.stderr.write(`${number} of ${kills} kills\n`);
  });
  process.stdout.write(isJson ? `${JSON.stringify(result)}\n` : renderResult(result));
  if (findFaults(result).length === 0) return 0;
  world.keep();
  const told = await tellStories(problems, world);
  process.stderr.write(renderProblems(result, told, ledger.kills));
  process.stderr.write(`Kept for you: ${world.folder}\n`);
  return 1;
}

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());
process.exitCode = await main(process.argv.slice(2), interrupted.signal);
