import type { Now } from '../clock.ts';

export interface Rate {
  /** What may happen at once after a quiet time. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Counts how often something may happen: `burst` at once, refilled at `perSecond`. */
export class TokenBucket {
  readonly #rate: Rate;
  readonly #now: Now;
  #tokens: number;
  #filledAt: number;

  constructor(rate: Rate, now: Now) {
    this.#rate = rate;
    this.#now = now;
    this.#tokens = rate.burst;
    this.#filledAt = now();
  }

  /** Takes a token where there is one; 0, or the milliseconds until there will be one. */
  take(): number {
    this.#fill();
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / this.#rate.perSecond) * 1000);
    this.#tokens -= 1;
    return 0;
  }

  /** Takes tokens for what has happened already, which may leave a debt. */
  charge(tokens: number): void {
    this.#fill();
    this.#tokens -= tokens;
  }

  #fill(): void {
    const now = this.#now();
    // A clock that was set back must not empty the bucket.
    const elapsedMs = Math.max(0, now - this.#filledAt);
    this.#filledAt = now;
    const refill = (elapsedMs / 1000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + refill);
  }
}
