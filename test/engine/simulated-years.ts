import { fromWallTime, toWallTime } from '../../src/core/schedule/local-time.ts';

/** Reproducible chance: mulberry32, 32 bits of state. */
export function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A schedule of plain minutes and hours, of which the slots are found without croner. */
export interface PlainCron {
  readonly minutes: readonly number[];
  /** Every hour when left out. */
  readonly hours?: readonly number[];
  readonly timeZone: string;
}

export function expressionOf({ minutes, hours }: PlainCron): string {
  return `${minutes.join(',')} ${hours?.join(',') ?? '*'} * * *`;
}

/** Every slot after `from` up to `to`: each clock time that matches, at the instant at which it comes. */
export function everySlot({ minutes, hours, timeZone }: PlainCron, from: number, to: number) {
  const slots = new Set<number>();
  const firstHour = Math.floor(toWallTime(from, timeZone) / 3_600_000) - 2;
  const lastHour = Math.floor(toWallTime(to, timeZone) / 3_600_000) + 2;
  for (let hour = firstHour; hour <= lastHour; hour++) {
    if (hours !== undefined && !hours.includes(((hour % 24) + 24) % 24)) continue;
    for (const minute of minutes) {
      const at = fromWallTime(hour * 3_600_000 + minute * 60_000, timeZone);
      if (at > from && at <= to) slots.add(at);
    }
  }
  return slots;
}
