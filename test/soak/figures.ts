import { availableParallelism } from 'node:os';
import { judgeLeak, type LeakVerdict } from './leak-verdict.ts';
import type { SoakSample } from './sampler.ts';
import { readSeries, type Series, watchedOf } from './series.ts';
import type { TallyFigures } from './tally.ts';
import type { TrafficFigures } from './traffic.ts';

interface Range {
  readonly start: number;
  readonly end: number;
  readonly most: number;
}

/** Everything a soak has shown; sizes in MiB, times in milliseconds. */
export interface SoakFigures {
  readonly machine: { readonly cpus: number; readonly node: string };
  readonly minutes: number;
  readonly traffic: TrafficFigures & TallyFigures;
  readonly rss: Range;
  readonly collectedHeap: Range;
  readonly openFiles: Range;
  readonly handles: Range;
  readonly wal: Range;
  readonly database: Range;
  /** Median and worst of the p99 of single seconds. */
  readonly loopDelayP99: { readonly median: number; readonly most: number };
  readonly leaks: readonly LeakVerdict[];
  /** Messages of the host's log by level `error` and above, each once. */
  readonly errors: readonly string[];
  /** Of the host after SIGTERM; null when it was killed. */
  readonly exitCode: number | null;
  readonly isSound: boolean;
}

export function describeSoak(
  samples: readonly SoakSample[],
  traffic: SoakFigures['traffic'],
  end: Pick<SoakFigures, 'errors' | 'exitCode'>,
): SoakFigures {
  const series = readSeries(samples);
  const leaks = watchedOf(series).map(judgeLeak);
  const isTrafficSound = traffic.lost === 0 && traffic.duplicated === 0;
  return {
    machine: { cpus: availableParallelism(), node: process.version },
    minutes: round((samples.at(-1)?.atS ?? 0) / 60),
    traffic,
    rss: rangeOf(series.rss),
    collectedHeap: rangeOf(series.collectedHeap),
    openFiles: rangeOf(series.files),
    handles: rangeOf(series.handles),
    wal: rangeOf(series.wal),
    database: rangeOf(series.database),
    loopDelayP99: describeDelay(series.loopDelay),
    leaks: leaks.map((leak) => ({
      ...leak,
      perHour: round(leak.perHour),
      visiblePerHour: round(leak.visiblePerHour),
    })),
    errors: [...new Set(end.errors)],
    exitCode: end.exitCode,
    isSound: isTrafficSound && end.exitCode === 0 && !leaks.some(({ isLeak }) => isLeak),
  };
}

function rangeOf({ points }: Series): Range {
  const values = points.map(({ y }) => y);
  return {
    start: round(values[0] ?? Number.NaN),
    end: round(values.at(-1) ?? Number.NaN),
    most: round(Math.max(...values)),
  };
}

function describeDelay({ points }: Series): SoakFigures['loopDelayP99'] {
  const sorted = points.map(({ y }) => y).toSorted((a, b) => a - b);
  return {
    median: round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN),
    most: round(sorted.at(-1) ?? Number.NaN),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
