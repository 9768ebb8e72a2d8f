import { setTimeout as wait } from 'node:timers/promises';
import { FuzzWorker, type FuzzWorkerOptions } from './fuzz-worker.ts';
import { type Finding, Investigation } from './investigation.ts';
import type { TargetName } from './target-names.ts';
import type { Slowest } from './worker-messages.ts';

/** Inputs that a worker tries before it asks for more: a fraction of a second. */
const SERIES = 500;

export interface FuzzPlan extends FuzzWorkerOptions {
  readonly seed: number;
  readonly targets: readonly TargetName[];
  /** In total, each target the same share. */
  readonly inputs: number;
  readonly seconds?: number | undefined;
  readonly first: number;
  readonly workers: number;
}

/** What became of one target. `slowest` is the input whose check took longest. */
export interface TargetResult {
  readonly target: TargetName;
  tried: number;
  slowest: Slowest;
  /** After which no more inputs were tried. */
  finding?: Finding;
}

interface Share extends TargetResult {
  next: number;
  readonly end: number;
}

/** Tries inputs on each target until its share is done, the time is over or one breaks it. */
export async function fuzz(plan: FuzzPlan): Promise<readonly TargetResult[]> {
  const share = Math.ceil(plan.inputs / plan.targets.length);
  const shares = plan.targets.map((target): Share => {
    const { first } = plan;
    return {
      target,
      tried: 0,
      slowest: { index: first, cpuMs: 0 },
      next: first,
      end: first + share,
    };
  });
  const stop = new AbortController();
  const timer = plan.seconds === undefined ? undefined : stopAfter(plan.seconds, stop);
  const workers = Array.from({ length: plan.workers }, () => work(plan, shares, stop.signal));
  await Promise.all(workers);
  stop.abort();
  await timer;
  return shares.map(({ next: _next, end: _end, ...result }) => result);
}

async function stopAfter(seconds: number, stop: AbortController): Promise<void> {
  await wait(seconds * 1_000, undefined, { signal: stop.signal }).catch(() => undefined);
  stop.abort();
}

/** One thread: takes the next series of whichever target is furthest behind. */
async function work(plan: FuzzPlan, shares: readonly Share[], signal: AbortSignal): Promise<void> {
  await using worker = new FuzzWorker(plan);
  while (!signal.aborted) {
    const [share] = shares
      .filter(({ finding, next, end }) => finding === undefined && next < end)
      .toSorted((a, b) => a.next - b.next);
    if (share === undefined) return;
    await trySeries(worker, plan, share);
  }
}

async function trySeries(worker: FuzzWorker, { seed }: FuzzPlan, share: Share): Promise<void> {
  const { target, next: first } = share;
  const count = Math.min(SERIES, share.end - first);
  share.next += count;
  const report = await worker.give({ type: 'series', target, seed, first, count });
  share.tried += report.tried;
  if (report.type === 'kept') {
    if (report.slowest.cpuMs > share.slowest.cpuMs) share.slowest = report.slowest;
    return;
  }
  const { index, problem } = report;
  // Other threads may be at the same target, and find something of their own first.
  share.finding ??= await new Investigation(worker, target).look({ seed, index, problem });
}
