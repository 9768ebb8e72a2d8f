import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { add, NOTHING, type Totals, totalsSchema } from './interleavings.ts';

export interface Series {
  readonly count: number;
  /** Of the first history. */
  readonly seed: number;
  readonly mutate?: string | undefined;
  readonly workers: number;
}

/** Plays histories in several processes. Rejects when one of them breaks. */
export async function playInProcesses(series: Series): Promise<Totals> {
  const { count, seed, workers } = series;
  const share = Math.ceil(count / workers);
  const parts = Array.from({ length: workers }, (_, index) => ({
    first: seed + index * share,
    count: Math.max(0, Math.min(share, count - index * share)),
  }));
  const played = parts.map((part) => playPart(part, series.mutate));
  return (await Promise.all(played)).reduce(add, NOTHING);
}

async function playPart(
  { first, count }: { first: number; count: number },
  mutate: string | undefined,
): Promise<Totals> {
  if (count === 0) return NOTHING;
  const program = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const args = ['--first', String(first), '--count', String(count)];
  if (mutate !== undefined) args.push('--mutate', mutate);
  const worker = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return totalsSchema.parse(await json(worker.stdout));
}
