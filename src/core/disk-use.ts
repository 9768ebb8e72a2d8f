import { formatBytes, MIB } from './byte-size.ts';

/** What a run of a group that was over its quota before may add while it cleans up: its own records. */
const SLACK_BYTES = 32 * MIB;
/** What folders count that are nested deeper than anybody needs: nobody looks how much is in them. */
export const ENDLESS_BYTES = Number.MAX_SAFE_INTEGER;

const TOO_DEEP = "its group's folders lie too deep in each other";

/** One run's group on the disk, in bytes. */
export interface DiskUse {
  readonly quotaBytes: number;
  /** When the run began. */
  readonly startBytes: number;
  readonly bytes: number;
}

/** What the group may use while this run goes on: its quota, or what it used before when that was more. */
export function ceilingOf({ quotaBytes, startBytes }: Omit<DiskUse, 'bytes'>): number {
  return Math.max(quotaBytes, startBytes <= quotaBytes ? 0 : startBytes + SLACK_BYTES);
}

/** Why a run has to be stopped for what its own group uses; undefined when it may go on. For people. */
export function findExcess(use: DiskUse): string | undefined {
  if (use.bytes >= ENDLESS_BYTES) return TOO_DEEP;
  if (use.bytes <= ceilingOf(use)) return undefined;
  return `its group's files take more than the ${formatBytes(use.quotaBytes)} it may use`;
}

/**
 * From where on a group is not run any more, bytes: what each run adds before it is stopped would fill the disk in the
 * end. `leastBytes` is the least that the host has seen the group take.
 */
export function overflowOf(quotaBytes: number, leastBytes: number): number {
  return Math.min(Math.max(quotaBytes, leastBytes) + quotaBytes, ENDLESS_BYTES - 1);
}

/** Why a group of which the files have come beyond that is not run, for people. */
export function describeOverflow(quotaBytes: number, bytes: number): string {
  if (bytes >= ENDLESS_BYTES) return TOO_DEEP;
  const quota = formatBytes(quotaBytes);
  return `its group's files have grown beyond the ${quota} it may use by as much again: a person has to make room`;
}

/**
 * Of runs that go on while the disk is nearly full, the one that has grown most; of those that have grown the same,
 * as when files are written that have no name any more, the one that began last. The list is in the order of
 * beginning.
 */
export function pickVictim<R extends Pick<DiskUse, 'startBytes' | 'bytes'>>(
  runs: readonly R[],
): R | undefined {
  return runs.toReversed().sort((a, b) => growthOf(b) - growthOf(a))[0];
}

function growthOf({ startBytes, bytes }: Pick<DiskUse, 'startBytes' | 'bytes'>): number {
  return Math.max(0, bytes - startBytes);
}
