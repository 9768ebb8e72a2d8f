import { createChance } from '../engine/simulated-years.ts';

/** All that is left to chance in a history, by its seed. */
export class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = createChance(seed);
  }

  /** A whole number from 0 to below the limit. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  is(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<const T extends readonly [unknown, ...unknown[]]>(choices: T): T[number] {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  bytes(size: number): Buffer {
    const bytes = Buffer.alloc(size);
    for (let index = 0; index < size; index++) bytes[index] = this.below(256);
    return bytes;
  }
}
