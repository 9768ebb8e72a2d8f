import { lidJid } from './jids.ts';

/** LIDs have fifteen digits, group numbers eighteen. */
const FIRST_LID = 100_000_000_000_000;
const FIRST_GROUP = 120_363_000_000_000_000n;
/** Room for persons and groups between two seeds. */
const SEED_STEP = 10_000;

/** Hands out LIDs and group JIDs: the same ones in the same order for the same seed. */
export class NumberPlan {
  #next: number;

  constructor(seed: number) {
    this.#next = seed * SEED_STEP + 1;
  }

  takeLid(): string {
    return lidJid(String(FIRST_LID + this.#next++));
  }

  takeGroupJid(): string {
    return `${FIRST_GROUP + BigInt(this.#next++)}@g.us`;
  }
}
