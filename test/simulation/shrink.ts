import { DIED_AT } from './history.ts';
import type { Simulator } from './simulator.ts';

/** Leaves out of a history that violates something whatever it violates something without. */
export async function shrink(
  simulator: Simulator,
  seed: number,
  trace: readonly string[],
): Promise<string[]> {
  // A death at a point follows from what made the point deadly.
  let script = trace.filter((name) => !name.startsWith(DIED_AT));
  for (let size = Math.ceil(script.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < script.length; ) {
      const candidate = script.toSpliced(at, size);
      const { violations } = await simulator.play(seed, candidate);
      if (violations.length > 0) script = candidate;
      else at += size;
    }
  }
  return script;
}
