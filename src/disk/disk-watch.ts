import type { Now } from '../clock.ts';
import { formatBytes } from '../core/byte-size.ts';
import {
  ceilingOf,
  type DiskUse,
  describeOverflow,
  ENDLESS_BYTES,
  findExcess,
  overflowOf,
  pickVictim,
} from '../core/disk-use.ts';
import type { Logger } from '../logger.ts';
import type { Wait } from '../wait.ts';
import { measureFolders } from './folder-size.ts';
import { findFreeRoom } from './free-room.ts';

/** Between looks at what is free, which cost nothing. */
const LOOK_MS = 1_000;
/** Between two walks through a group's folders, and this many times as long as the walk took. */
const WALK_MS = 5_000;
const WALK_SHARE = 10;
/** Sooner when so much of a quota has gone from the disk meanwhile. */
const SUDDEN_SHARE = 8;
/** So long an agent that was stopped has to free what it took, before another one is. */
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

export interface WatchedGroup {
  readonly folder: string;
  /** All that its agent may write. */
  readonly writable: readonly string[];
  readonly quotaBytes: number;
}

export interface WatchedAgent extends WatchedGroup {
  /** Has no run, and so nothing to write: its folders are walked through only when room is lost. */
  readonly isIdle: boolean;
  /** Called once at most, with why, for people; the watch ends with it. */
  readonly stop: (reason: string) => void;
}

interface KnownSize {
  readonly bytes: number;
  /** Ever seen by this host. */
  readonly leastBytes: number;
}

interface Watched {
  readonly agent: WatchedAgent;
  startBytes: number;
  bytes: number;
  isMeasured: boolean;
  walkAt: number;
  /** What was free at the last walk, or when the watch over an idle one began; undefined before the first look. */
  freeBytes: number | undefined;
}

/**
 * Keeps agents from filling the disk: one is stopped when its group's folders outgrow the quota, and while less than
 * the reserve is free the one whose group has grown most. Works only while agents are watched, and walks through one
 * group at a time, apart from glances when the disk is nearly full. A walk that fails is told in the log and tried again.
 */
export class DiskWatch {
  readonly #deps: DiskWatchDeps;
  readonly #watched = new Set<Watched>();
  /** By folder. What was used at the last look: a run cannot raise its own start by being quick. */
  readonly #known = new Map<string, KnownSize>();
  #work: AbortController | undefined;
  #relievedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: DiskWatchDeps) {
    this.#deps = deps;
  }

  /** Watches an agent until the result is disposed. */
  watch(agent: WatchedAgent): Disposable {
    const known = this.#known.get(agent.folder)?.bytes ?? ENDLESS_BYTES;
    const isMeasured = known < ENDLESS_BYTES;
    const startBytes = isMeasured ? known : 0;
    const entry: Watched = {
      agent,
      startBytes,
      bytes: startBytes,
      isMeasured,
      walkAt: 0,
      freeBytes: undefined,
    };
    this.#watched.add(entry);
    this.#begin();
    return { [Symbol.dispose]: () => this.#drop(entry) };
  }

  /**
   * Why a group must not be run before a person has made room, for people; undefined when it may be. Looks anew only
   * where the last look has found too much.
   */
  async refuse({ folder, writable, quotaBytes }: WatchedGroup): Promise<string | undefined> {
    const known = this.#known.get(folder);
    if (known === undefined) return undefined;
    const limit = overflowOf(quotaBytes, known.leastBytes);
    if (known.bytes <= limit) return undefined;
    const bytes = await measureFolders(writable, (found) => found > limit);
    this.#note(folder, bytes);
    return bytes > limit ? describeOverflow(quotaBytes, bytes) : undefined;
  }

  #note(folder: string, bytes: number): void {
    const leastBytes = Math.min(bytes, this.#known.get(folder)?.leastBytes ?? bytes);
    this.#known.set(folder, { bytes, leastBytes });
  }

  #begin(): void {
    if (this.#work !== undefined) return;
    const work = new AbortController();
    this.#work = work;
    void this.#repeat((signal) => this.#checkQuotas(signal), work.signal);
    void this.#repeat(() => this.#keepReserve(), work.signal);
  }

  #drop(entry: Watched): void {
    this.#watched.delete(entry);
    if (this.#watched.size > 0) return;
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
    for (const entry of this.#watched) {
      const free = await this.#free();
      entry.freeBytes ??= free;
      if (!this.#isDue(entry, free)) continue;
      await this.#walk(entry, free, signal);
      const excess = signal.aborted ? undefined : findExcess(use(entry));
      if (excess !== undefined) this.#stop(entry, excess);
    }
  }

  #isDue({ walkAt, freeBytes, agent }: Watched, free: number): boolean {
    const isSudden = (freeBytes ?? free) - free > agent.quotaBytes / SUDDEN_SHARE;
    return isSudden || (!agent.isIdle && this.#deps.now() >= walkAt);
  }

  async #walk(entry: Watched, free: number, signal: AbortSignal): Promise<void> {
    const begunAt = this.#deps.now();
    // A first walk goes on to the end: what was there before is the run's to keep.
    const ceiling = entry.isMeasured ? ceilingOf(use(entry)) : Number.POSITIVE_INFINITY;
    const isEnough = (bytes: number) =>
      bytes > ceiling || signal.aborted || !this.#watched.has(entry);
    entry.bytes = await measureFolders(entry.agent.writable, isEnough);
    if (signal.aborted || !this.#watched.has(entry)) return;
    if (!entry.isMeasured) entry.startBytes = entry.bytes;
    entry.isMeasured = true;
    entry.freeBytes = free;
    const endedAt = this.#deps.now();
    entry.walkAt = endedAt + Math.max(WALK_MS, (endedAt - begunAt) * WALK_SHARE);
    this.#note(entry.agent.folder, entry.bytes);
  }

  /** One at a time: what it took is free only when its container is gone. */
  async #keepReserve(): Promise<void> {
    const { reserveBytes, now } = this.#deps;
    if (now() < this.#relievedAt + RELIEF_MS || (await this.#free()) >= reserveBytes) return;
    const watched = [...this.#watched];
    for (const entry of watched) await this.#glance(entry, HASTE_MS / watched.length);
    const victim = pickVictim([...this.#watched]);
    if (victim === undefined || (await this.#free()) >= reserveBytes) return;
    this.#relievedAt = now();
    this.#stop(victim, `less than ${formatBytes(reserveBytes)} are free on this machine's disk`);
  }

  /** As much of a walk as fits in a moment: what it finds is a least. */
  async #glance(entry: Watched, limitMs: number): Promise<void> {
    const endAt = this.#deps.now() + limitMs;
    const bytes = await measureFolders(entry.agent.writable, () => this.#deps.now() >= endAt);
    entry.bytes = Math.max(entry.bytes, bytes);
  }

  #free(): Promise<number> {
    return this.#deps.freeBytes?.() ?? findFreeRoom(this.#deps.data);
  }

  #stop(entry: Watched, reason: string): void {
    if (!this.#watched.has(entry)) return;
    this.#deps.logger.warn(
      { folder: entry.agent.folder, bytes: entry.bytes, reason },
      'agent is stopped',
    );
    this.#drop(entry);
    entry.agent.stop(reason);
  }
}

function use({ agent, startBytes, bytes }: Watched): DiskUse {
  return { quotaBytes: agent.quotaBytes, startBytes, bytes };
}
