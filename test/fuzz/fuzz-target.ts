import type { TargetName } from './target-names.ts';

/** One piece of the program that reads what somebody else wrote, and what must hold whatever that is. */
export interface FuzzTarget {
  readonly name: TargetName;
  /** Real inputs, of which changed ones are made. */
  readonly corpus: readonly (string | Uint8Array)[];
  /** Pieces of the format, which are put in anywhere. */
  readonly tokens: readonly string[];
  /** Longest input in bytes. */
  readonly maxBytes: number;
  /** Throws when the program does with the input what it must not: by its own error, or by a Violation. */
  check(input: Buffer): void;
}

/** The program took the input, and what it made of it breaks a rule. */
class Violation extends Error {
  override readonly name = 'Violation';
}

export function demand(isKept: boolean, rule: string): asserts isKept {
  if (!isKept) throw new Violation(rule);
}
