import { setTimeout } from 'node:timers/promises';
import type { Now } from '../clock.ts';

/** Two of the largest requests at once, and two mebibytes a second for ever: many times what agents ask. */
const BURST_BYTES = 64 * 1024 * 1024;
const BYTES_PER_SECOND = 2 * 1024 * 1024;

/** What the shortest one counts for: sixteen a second for ever, of a server that others ask too. */
const LEAST_BYTES = 128 * 1024;

/** How fast one group may have the host read and write what it asks its model: that stops all others meanwhile. */
export class ByteRate {
  readonly #now: Now;
  #left = BURST_BYTES;
  #at: number;

  constructor(now: Now) {
    this.#now = now;
    this.#at = now();
  }

  /** Resolves when the bytes may be read. Rejects when the signal aborts before; they count for nothing then. */
  async wait(bytes: number, signal: AbortSignal): Promise<void> {
    const waitMs = this.take(bytes);
    try {
      if (waitMs > 0) await setTimeout(waitMs, undefined, { signal });
    } catch (error) {
      this.#left += costOf(bytes);
      throw error;
    }
  }

  /** Counts the bytes; how long to wait before they are read, in milliseconds. */
  take(bytes: number): number {
    const now = this.#now();
    const earned = (Math.max(0, now - this.#at) / 1000) * BYTES_PER_SECOND;
    this.#left = Math.min(BURST_BYTES, this.#left + earned) - costOf(bytes);
    this.#at = now;
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left / BYTES_PER_SECOND) * 1000);
  }
}

function costOf(bytes: number): number {
  return Math.max(bytes, LEAST_BYTES);
}
