import { statfs } from 'node:fs/promises';
import type { Now } from '../clock.ts';
import { formatBytes } from '../core/byte-size.ts';
import { ceilingOf, type DiskUse, findExcess, pickVictim } from '../core/disk-use.ts';
import type { Logger } from '../logger.ts';
import type { Wait } from '../wait.ts';
import { measureFolders } from './folder-size.ts';

/** Between looks at what is free, which cost nothing. */
const LOOK_MS = 1_000;
/** Between two walks through a group's folders, and this many times as long as the walk took. */
const WALK_MS = 5_000;
const WALK_SHARE = 10;
/** Sooner when so much of a quota has gone from the disk meanwhile. */
const SUDDEN_SHARE = 8;
/** So long a run that was stopped has to free what it took, before another one is. */
const RELIEF_MS = 10_000;
/** For looking at all groups when the disk is nearly full. */
const HASTE_MS = 3_000;

export interface DiskWatchDeps {
  /** A folder on the disk that agents write to. */
  readonly data: string;
  /** What must stay free on it, bytes; 0 watches the quotas alone. */
  readonly reserveBytes: number;
  readonly now: Now;
  readonly wait: Wait;
  readonly logger: Logger;
  /** What is free, in bytes; asked of the file system unless told. */
  readonly freeBytes?: (() => Promise<number>) | undefined;
}

export interface WatchedRun {
  /** The group's. */
  readonly folder: string;
  /** All that its agent may write. */
  readonly writable: readonly string[];
  readonly quotaBytes: number;
  /** Called once at most, with why, for people; the watch ends with it. */
  readonly stop: (reason: string) => void;
}

interface Watched {
  readonly run: WatchedRun;
  startBytes: number;
  bytes: number;
  isMeasured: boolean;
  walkAt: number;
  /** What was free at the last walk. */
  freeBytes: number;
}

/**
 * Keeps agents from filling the disk: a run is stopped when its group's folders outgrow the quota, and while less than
 * the reserve is free the run that has grown most. Works only while runs are watched, and walks through one group at a
 * time, apart from glances when the disk is nearly full. A walk that fails is told in the log and tried again.
 */
export class DiskWatch {
  readonly #deps: DiskWatchDeps;
  readonly #runs = new Set<Watched>();
  /** What a group used when it was last looked at: a run cannot raise its own start by being quick. */
  readonly #known = new Map<string, number>();
  #work: AbortController | undefined;
  #relievedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: DiskWatchDeps) {
    this.#deps = deps;
  }

  /** Watches a run from its beginning until the result is disposed. */
  watch(run: WatchedRun): Disposable {
    const known = this.#known.get(run.folder);
    const entry: Watched = {
      run,
      startBytes: known ?? 0,
      bytes: known ?? 0,
      isMeasured: known !== undefined,
      walkAt: 0,
      freeBytes: Number.POSITIVE_INFINITY,
    };
    this.#runs.add(entry);
    this.#begin();
    return { [Symbol.dispose]: () => this.#drop(entry) };
  }

  #begin(): void {
    if (this.#work !== undefined) return;
    const work = new AbortController();
    this.#work = work;
    void this.#repeat((signal) => this.#checkQuotas(signal), work.signal);
    void this.#repeat(() => this.#keepReserve(), work.signal);
  }

  #drop(entry: Watched): void {
    this.#runs.delete(entry);
    if (this.#runs.size > 0) return;
    this.#work?.abort();
    this.#work = undefined;
  }

  async #repeat(step: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await step(signal);
      } catch (error) {
        this.#deps.logger.warn({ err: error }, 'disk use could not be measured');
      }
      await this.#deps.wait(LOOK_MS, signal);
    }
  }

  async #checkQuotas(signal: AbortSignal): Promise<void> {
    for (const entry of this.#runs) {
      const free = await this.#free();
      if (!this.#isDue(entry, free)) continue;
      await this.#walk(entry, free, signal);
      const excess = signal.aborted ? undefined : findExcess(use(entry));
      if (excess !== undefined) this.#stop(entry, excess);
    }
  }

  #isDue({ walkAt, freeBytes, run }: Watched, free: number): boolean {
    return this.#deps.now() >= walkAt || freeBytes - free > run.quotaBytes / SUDDEN_SHARE;
  }

  async #walk(entry: Watched, free: number, signal: AbortSignal): Promise<void> {
    const begunAt = this.#deps.now();
    // A first walk goes on to the end: what was there before is the run's to keep.
    const ceiling = entry.isMeasured ? ceilingOf(use(entry)) : Number.POSITIVE_INFINITY;
    const isEnough = (bytes: number) => bytes > ceiling || signal.aborted || !this.#runs.has(entry);
    entry.bytes = await measureFolders(entry.run.writable, isEnough);
    if (signal.aborted || !this.#runs.has(entry)) return;
    if (!entry.isMeasured) entry.startBytes = entry.bytes;
    entry.isMeasured = true;
    entry.freeBytes = free;
    const endedAt = this.#deps.now();
    entry.walkAt = endedAt + Math.max(WALK_MS, (endedAt - begunAt) * WALK_SHARE);
    this.#known.set(entry.run.folder, entry.bytes);
  }

  /** One run at a time: what it took is free only when its container is gone. */
  async #keepReserve(): Promise<void> {
    const { reserveBytes, now } = this.#deps;
    if (now() < this.#relievedAt + RELIEF_MS || (await this.#free()) >= reserveBytes) return;
    const runs = [...this.#runs];
    for (const entry of runs) await this.#glance(entry, HASTE_MS / runs.length);
    const victim = pickVictim([...this.#runs]);
    if (victim === undefined || (await this.#free()) >= reserveBytes) return;
    this.#relievedAt = now();
    this.#stop(victim, `less than ${formatBytes(reserveBytes)} are free on this machine's disk`);
  }

  /** As much of a walk as fits in a moment: what it finds is a least. */
  async #glance(entry: Watched, limitMs: number): Promise<void> {
    const endAt = this.#deps.now() + limitMs;
    const bytes = await measureFolders(entry.run.writable, () => this.#deps.now() >= endAt);
    entry.bytes = Math.max(entry.bytes, bytes);
  }

  async #free(): Promise<number> {
    if (this.#deps.freeBytes !== undefined) return await this.#deps.freeBytes();
    const { bavail, bsize } = await statfs(this.#deps.data);
    return bavail * bsize;
  }

  #stop(entry: Watched, reason: string): void {
    if (!this.#runs.has(entry)) return;
    this.#deps.logger.warn({ folder: entry.run.folder, bytes: entry.bytes, reason }, 'run stopped');
    this.#drop(entry);
    entry.run.stop(reason);
  }
}

function use({ run, startBytes, bytes }: Watched): DiskUse {
  return { quotaBytes: run.quotaBytes, startBytes, bytes };
}
