import type { Watched } from './leak-verdict.ts';
import type { SoakSample } from './sampler.ts';
import type { Point } from './trend.ts';

const MIB = 1_048_576;
/** Requests under way and timers, which are counted for themselves, hold no handle. */
const NO_HANDLE = /^(?:Timeout|Immediate)$|Req(?:Callback|Wrap|Promise)?$|^FSReq/;

/** One quantity over the time of a soak: x in seconds, y in the unit. */
export interface Series {
  readonly name: string;
  readonly unit: 'MiB' | 'ms' | '';
  readonly points: readonly Point[];
}

type Quantity = keyof typeof QUANTITIES;

const QUANTITIES = {
  rss: { name: 'resident memory', unit: 'MiB', read: (one) => one.rssBytes / MIB },
  heap: { name: 'heap in use', unit: 'MiB', read: (one) => one.heapUsedBytes / MIB },
  collectedHeap: {
    name: 'heap after collection',
    unit: 'MiB',
    read: ({ collectedHeapBytes: bytes }) => (bytes === undefined ? undefined : bytes / MIB),
  },
  external: { name: 'external memory', unit: 'MiB', read: (one) => one.externalBytes / MIB },
  files: { name: 'open files', unit: '', read: (one) => one.openFiles },
  handles: { name: 'handles', unit: '', read: (one) => countHandles(one.resources) },
  timers: { name: 'timers', unit: '', read: (one) => one.resources['Timeout'] ?? 0 },
  wal: { name: 'WAL', unit: 'MiB', read: (one) => one.walBytes / MIB },
  database: { name: 'database', unit: 'MiB', read: (one) => one.databaseBytes / MIB },
  loopDelay: { name: 'event-loop delay, p99', unit: 'ms', read: (one) => one.loopDelayMs.p99 },
} as const satisfies Record<
  string,
  { name: string; unit: Series['unit']; read: (sample: SoakSample) => number | undefined }
>;

export function readSeries(samples: readonly SoakSample[]): Record<Quantity, Series> {
  const series = Object.entries(QUANTITIES).map(([quantity, { name, unit, read }]) => {
    const points = samples.flatMap((sample) => {
      const y = read(sample);
      return y === undefined ? [] : [{ x: sample.atS, y }];
    });
    return [quantity, { name, unit, points }];
  });
  return Object.fromEntries(series) as Record<Quantity, Series>;
}

/**
 * What must not grow, and from which growth on it counts: a leak of one file or timer per reconnection or run is many
 * within minutes. Not among them: resident memory, which the allocator keeps, and the database, which holds the chats.
 */
const FLOORS: Partial<Record<Quantity, number>> = {
  collectedHeap: 2,
  external: 2,
  files: 5,
  handles: 5,
  timers: 5,
  wal: 4,
};

const SECONDS_PER_HOUR = 3_600;

export function watchedOf(series: Record<Quantity, Series>): Watched[] {
  return Object.entries(FLOORS).map(([quantity, floor]) => {
    const { name: figure, unit, points } = series[quantity as Quantity];
    const inHours = points.map(({ x, y }) => ({ x: x / SECONDS_PER_HOUR, y }));
    return { figure, unit, points: inHours, floor };
  });
}

function countHandles(resources: Readonly<Record<string, number>>): number {
  return Object.entries(resources)
    .filter(([kind]) => !NO_HANDLE.test(kind))
    .reduce((total, [, count]) => total + count, 0);
}
