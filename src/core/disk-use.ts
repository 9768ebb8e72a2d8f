import { formatBytes, MIB } from './byte-size.ts';

/** What a run of a group that was over its quota before may add while it cleans up: its own records. */
const SLACK_BYTES = 32 * MIB;

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
  if (use.bytes <= ceilingOf(use)) return undefined;
  return `its group's files take more than the ${formatBytes(use.quotaBytes)} it may use`;
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
