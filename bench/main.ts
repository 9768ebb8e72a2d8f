import { availableParallelism } from 'node:os';
import { measureColdStart } from './cold-start.ts';
import { openContainerSite } from './container-site.ts';
import { measureDoors } from './doors.ts';
import { measureGateway } from './gateway.ts';
import { measureGroupDecryptions } from './group-decryption.ts';
import { measureIpc } from './ipc.ts';
import { measureLoad } from './load/load.ts';
import { BENCH_HELP, type BenchOptions, readOptions } from './options.ts';
import { measureOverhead } from './overhead.ts';
import { judgeAims, type Results } from './results.ts';
import { renderTable } from './table.ts';
import { measureWarmTurn } from './warm-turn.ts';

/** For everything together but load; a first build of the agent image needs more and belongs before. */
const LIMIT_MS = 4 * 60_000;
/** What load takes beyond its minutes: the full path, draining and restarts. */
const LOAD_REST_MS = 8 * 60_000;

async function measure({ parts, load }: BenchOptions, signal: AbortSignal): Promise<Results> {
  return {
    ...(parts.includes('overhead') ? { overhead: await measureOverhead(signal) } : {}),
    ...(parts.includes('gateway') ? { gateway: await measureGateway(signal) } : {}),
    ...(parts.includes('containers') ? await measureContainers(signal) : {}),
    ...(parts.includes('signal') ? { signal: await measureGroupDecryptions(signal) } : {}),
    ...(parts.includes('ipc') ? { ipc: await measureIpc(signal) } : {}),
    ...(parts.includes('load') ? await measureLoad(load, signal) : {}),
  };
}

function limitOf({ parts, load }: BenchOptions): number {
  return parts.includes('load') ? LIMIT_MS + LOAD_REST_MS + load.minutes * 60_000 : LIMIT_MS;
}

async function measureContainers(
  signal: AbortSignal,
): Promise<Pick<Results, 'coldStart' | 'warmTurn' | 'doors'>> {
  const outcome = await openContainerSite(signal);
  if (!outcome.ok) {
    const skipped = { skipped: outcome.reason };
    return { coldStart: skipped, warmTurn: skipped, doors: skipped };
  }
  await using site = outcome.site;
  const coldStart = await measureColdStart(site, signal);
  const warmTurn = await measureWarmTurn(site, signal);
  return { coldStart, warmTurn, doors: await measureDoors(site, signal) };
}

async function main(argv: readonly string[], stop: AbortSignal): Promise<number> {
  const outcome = readOptions(argv);
  if (!outcome.ok) {
    process.stderr.write(`${outcome.problem}. See --help.\n`);
    return 2;
  }
  if (outcome.options.isHelp) {
    process.stdout.write(BENCH_HELP);
    return 0;
  }
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(limitOf(outcome.options))]);
    const results = await measure(outcome.options, signal);
    const machine = { cpus: availableParallelism(), node: process.version };
    const aims = judgeAims(results);
    const { isJson } = outcome.options;
    const text = isJson
      ? JSON.stringify({ machine, ...results, aims })
      : renderTable(results, aims);
    process.stdout.write(`${text}\n`);
    return 0;
  } catch (error) {
    if (stop.aborted) return 130;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());
process.exitCode = await main(process.argv.slice(2), interrupted.signal);
