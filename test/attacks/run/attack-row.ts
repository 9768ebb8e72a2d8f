import type { AttackOutcome } from '../outcome.ts';

/** What an attack is made in: a host that serves a hostile group and quiet ones. */
export interface AttackSite extends AsyncDisposable {
  /** A quiet group asks; milliseconds until it has its answer. Rejects when the signal aborts. */
  ask(signal: AbortSignal): Promise<number>;
}

/** One attack of the threat table. */
export interface AttackRow<S extends AttackSite> {
  /** As the table names it: `T5`. */
  readonly id: string;
  /** What is attacked with, for people. */
  readonly attack: string;
  /** Makes the attack once, at the site or in a world of its own, and looks at all that it has done. */
  prove(site: S, signal: AbortSignal): Promise<AttackOutcome>;
  /** Goes on making it beside the quiet groups, until the signal aborts. */
  press(site: S, signal: AbortSignal): Promise<void>;
}

/** Of what quiet groups asked before and after each attack, and during it. */
export interface Latencies {
  readonly quietQuestions: number;
  readonly attackQuestions: number;
  readonly quietP95Ms: number;
  readonly attackP95Ms: number;
  /** By nearest rank: of fewer than a hundred questions it is the slowest one. */
  readonly quietP99Ms: number;
  readonly attackP99Ms: number;
  /** Of the two p99. */
  readonly ratio: number;
}

export interface RowResult extends AttackOutcome, Latencies {
  readonly id: string;
  readonly attack: string;
  /** Whether the ratio counts for `isWithstood`: of a few questions it says nothing. */
  readonly isRatioJudged: boolean;
  readonly isWithstood: boolean;
}
