import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { hostPaths } from '../../src/paths.ts';
import type { HostSample } from '../../test/probe/host-sample.ts';
import { median, roundHundredths } from '../distribution.ts';
import { watchMachine } from './cpu-share.ts';
import type { LoadHost } from './load-site.ts';

const SAMPLE_MS = 1_000;
const MIB = 1_048_576;

export interface WatchFigures {
  /** Processors at work: by the host, and by everything on the machine. */
  readonly processors: { readonly host: number; readonly machine: number };
  /** Per second, in milliseconds: the median of the medians, the median and the worst of the p99. */
  readonly loopDelay: { readonly p50: number; readonly p99: number; readonly worstP99: number };
  readonly rssMiB: { readonly start: number; readonly end: number; readonly most: number };
  readonly walMostMiB: number;
  /** Chats that wait for an agent's place. */
  readonly queue: { readonly p50: number; readonly most: number };
}

/** Samples a host under load until the signal aborts. */
export async function watchHost(
  host: LoadHost,
  home: string,
  signal: AbortSignal,
): Promise<WatchFigures> {
  const samples: HostSample[] = [];
  const waiting: number[] = [];
  const readMachine = watchMachine();
  const startedAt = performance.now();
  let walMost = 0;
  host.onTold((message) => {
    if (message.type === 'load') waiting.push(message.waiting);
  });
  try {
    for (;;) {
      samples.push(await host.process.sample(false, signal));
      walMost = Math.max(walMost, (await stat(`${hostPaths(home).database}-wal`)).size);
      await delay(SAMPLE_MS, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const cpuMs = (samples.at(-1)?.cpuMs ?? 0) - (samples[0]?.cpuMs ?? 0);
  const used = roundHundredths(cpuMs / (performance.now() - startedAt));
  const processors = { host: used, machine: readMachine() };
  return {
    processors,
    ...describeSamples(samples),
    walMostMiB: toMiB(walMost),
    queue: describe(waiting),
  };
}

function describeSamples(
  samples: readonly HostSample[],
): Pick<WatchFigures, 'loopDelay' | 'rssMiB'> {
  // The first covers the start of the program.
  const delays = samples.slice(1).map(({ loopDelayMs }) => loopDelayMs);
  const rss = samples.map(({ rssBytes }) => rssBytes);
  return {
    loopDelay: {
      p50: roundHundredths(median(delays.map(({ p50 }) => p50))),
      p99: roundHundredths(median(delays.map(({ p99 }) => p99))),
      worstP99: roundHundredths(Math.max(...delays.map(({ p99 }) => p99))),
    },
    rssMiB: {
      start: toMiB(rss[0] ?? Number.NaN),
      end: toMiB(rss.at(-1) ?? Number.NaN),
      most: toMiB(Math.max(...rss)),
    },
  };
}

function describe(values: readonly number[]): WatchFigures['queue'] {
  return { p50: median(values), most: Math.max(0, ...values) };
}

function toMiB(bytes: number): number {
  return Math.round((bytes / MIB) * 10) / 10;
}
