import { readdirSync } from 'node:fs';
import type { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';

type LoopHistogram = ReturnType<typeof monitorEventLoopDelay>;

/** How often the probe looks whether the event loop is on time, in milliseconds. */
export const LOOP_INTERVAL_MS = 10;

/** What a host process says of itself at one moment. */
export const hostSampleSchema = z.strictObject({
  /** Processor time of the process so far, in milliseconds. */
  cpuMs: z.number(),
  rssBytes: z.number(),
  heapUsedBytes: z.number(),
  externalBytes: z.number(),
  /** Heap in use right after a full collection; only where one was asked for. */
  collectedHeapBytes: z.number().optional(),
  /** What keeps the event loop alive, counted by kind: `process.getActiveResourcesInfo`. */
  resources: z.record(z.string(), z.number()),
  openFiles: z.number(),
  /** How late the event loop was since the sample before, in milliseconds beyond the probe's interval. */
  loopDelayMs: z.strictObject({ p50: z.number(), p99: z.number(), max: z.number() }),
});
export type HostSample = z.infer<typeof hostSampleSchema>;

/** Linux only: the open files are counted in /proc. Empties the histogram. */
export function takeHostSample(loop: LoopHistogram, isCollecting: boolean): HostSample {
  // First of all: the collection itself would count as a delay.
  const loopDelayMs = readLoopDelay(loop);
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const sample = {
    cpuMs: (user + system) / 1_000,
    rssBytes: rss,
    heapUsedBytes: heapUsed,
    externalBytes: external,
    resources: countByKind(process.getActiveResourcesInfo()),
    // Reading the folder opens one more.
    openFiles: readdirSync('/proc/self/fd').length - 1,
    loopDelayMs,
  };
  if (!isCollecting) return sample;
  const collectedHeapBytes = collectHeap();
  loop.reset();
  return { ...sample, collectedHeapBytes };
}

function readLoopDelay(loop: LoopHistogram): HostSample['loopDelayMs'] {
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - LOOP_INTERVAL_MS);
  const delay = {
    p50: late(loop.percentile(50)),
    p99: late(loop.percentile(99)),
    max: late(loop.max),
  };
  loop.reset();
  return delay;
}

function countByKind(kinds: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Twice: what the first collection finalizes is freed by the second. */
function collectHeap(): number {
  if (globalThis.gc === undefined) throw new Error('the host was started without --expose-gc');
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
