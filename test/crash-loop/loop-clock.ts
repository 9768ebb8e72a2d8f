import { systemNow } from '../../src/clock.ts';

/** A clock for the host that runs ahead of the machine's, so that the minutes of its tasks pass. */
export interface LoopClock {
  /** Unix milliseconds, as the host reads them. */
  now(): number;
  offsetMs(): number;
  moveOn(ms: number): void;
}

export function createLoopClock(): LoopClock {
  let offsetMs = 0;
  return {
    now: () => systemNow() + offsetMs,
    offsetMs: () => offsetMs,
    moveOn(ms) {
      offsetMs += ms;
    },
  };
}
