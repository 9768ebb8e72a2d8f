import type { After } from '../../src/clock.ts';

/** Timers of a clock that a test sets; those that are due are called by `fire`. */
export class SimulatedTimers {
  readonly #now: () => number;
  readonly #calls = new Set<{ at: number; call: () => void }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  readonly after: After = (delayMs, call) => {
    const timer = { at: this.#now() + delayMs, call };
    this.#calls.add(timer);
    return () => void this.#calls.delete(timer);
  };

  /** How many wait. */
  get count(): number {
    return this.#calls.size;
  }

  fire(): void {
    const due = Array.from(this.#calls).filter(({ at }) => at <= this.#now());
    for (const timer of due) {
      this.#calls.delete(timer);
      timer.call();
    }
  }
}
