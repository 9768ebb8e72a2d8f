import type { After } from '../../src/clock.ts';

/** A process, with which its timers go. */
export interface Owner {
  readonly isAlive: boolean;
}

interface Timer {
  readonly at: number;
  readonly owner: Owner;
  readonly call: () => void;
}

/**
 * Time as a machine has it: a clock on the wall that can be set, and timers that do not notice. Milliseconds.
 */
export class SimulatedClock {
  readonly #timers = new Set<Timer>();
  #elapsedMs = 0;
  #wallMs: number;

  constructor(wallMs: number) {
    this.#wallMs = wallMs;
  }

  readonly now = (): number => this.#wallMs;

  /** Timers that go with their owner, the process of a host. */
  afterFor(owner: Owner): After {
    return (delayMs, call) => {
      if (!owner.isAlive) return () => {};
      const timer = { at: this.#elapsedMs + delayMs, owner, call };
      this.#timers.add(timer);
      return () => void this.#timers.delete(timer);
    };
  }

  drop(owner: Owner): void {
    for (const timer of this.#timers) if (timer.owner === owner) this.#timers.delete(timer);
  }

  /** Milliseconds that have passed, whatever the clock on the wall says. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  get hasTimers(): boolean {
    return this.#timers.size > 0;
  }

  /** Lets the time pass to the first timer and calls it; of several, the one that was set first. */
  fireNext(): void {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
    if (first === undefined) return;
    this.#timers.delete(first);
    const passedMs = Math.max(0, first.at - this.#elapsedMs);
    this.#elapsedMs += passedMs;
    this.#wallMs += passedMs;
    first.call();
  }

  /** Sets the clock on the wall, or lets the machine sleep. */
  jump(byMs: number): void {
    this.#wallMs += byMs;
  }
}
