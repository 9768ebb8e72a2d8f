/** What came of an attack. Every number is counted from what was seen, none is written down. */
export interface AttackOutcome {
  readonly tried: number;
  /** Of those tried; an attack is withstood when all are. */
  readonly stopped: number;
  /** What was looked at, for people. */
  readonly evidence: string;
}
