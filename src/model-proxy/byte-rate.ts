import type { Now } from '../clock.ts';

/** Two of the largest requests at once, and two mebibytes a second for ever: many times what agents ask. */
const BURST_BYTES = 64 * 1024 * 1024;
const BYTES_PER_SECOND = 2 * 1024 * 1024;

/** How fast one group may have the host read and write what it asks its model: that stops all others meanwhile. */
export class ByteRate {
  readonly #now: Now;
  #left = BURST_BYTES;
  #at: number;

  constructor(now: Now) {
    this.#now = now;
    this.#at = now();
  }

  /** Counts the bytes; how long to wait before they are read, in milliseconds. */
  take(bytes: number): number {
    const now = this.#now();
    const earned = (Math.max(0, now - this.#at) / 1000) * BYTES_PER_SECOND;
    this.#left = Math.min(BURST_BYTES, this.#left + earned) - bytes;
    this.#at = now;
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left / BYTES_PER_SECOND) * 1000);
  }
}
