import type { CrashPoint } from '../../src/crash-points.ts';

/** What a loop has found. What must be 0 is named in {@link findFaults}. */
export interface Figures {
  readonly triggers: number;
  /** Questions with an answer. */
  readonly answered: number;
  /** Questions whose asker was told that there is none. */
  readonly told: number;
  /** Questions, and parts of long answers, that nobody saw anything of. */
  readonly lost: number;
  readonly duplicated: number;
  readonly slots: number;
  readonly slotsTwice: number;
  readonly slotsLost: number;
  readonly requests: number;
  /** Tasks whose time had passed when the host came to them. */
  readonly requestsRefused: number;
  readonly requestsTwice: number;
  readonly requestsLost: number;
  /** Runs that were begun again although an agent had them. */
  readonly runsTwice: number;
  /** What is left when the host has stopped: agents, open rows, files. */
  readonly orphans: number;
  /** Hosts that ended by themselves. */
  readonly broken: number;
  /** Messages that say once more what one said before, of whatever kind. */
  readonly seenTwice: number;
  /** Messages of the assistant that nothing accounts for. */
  readonly unexplained: number;
}

/** One thing that is not as it should be. */
export interface Problem {
  readonly title: string;
  /** What is known of it, a line each. */
  readonly story: readonly string[];
  /** Of the question that it is about, for `deckhand why`. */
  readonly messageId?: string;
}

export interface LoopResult extends Figures {
  readonly kills: number;
  /** Crash points, `passes`, `start` and `late`; see `Kill`. */
  readonly killsByPoint: Readonly<Record<string, number>>;
  /** Crash points at which no host was killed. */
  readonly pointsMissed: readonly CrashPoint[];
  readonly agentKills: number;
  readonly seed: number;
  readonly mutation?: string;
  readonly seconds: number;
}

const MUST_BE_ZERO = [
  'lost',
  'duplicated',
  'slotsTwice',
  'slotsLost',
  'requestsTwice',
  'requestsLost',
  'runsTwice',
  'orphans',
  'broken',
  'seenTwice',
  'unexplained',
] as const satisfies readonly (keyof Figures)[];

/** Names of the figures that should be 0 and are not. */
export function findFaults(figures: Figures): (keyof Figures)[] {
  return MUST_BE_ZERO.filter((name) => figures[name] !== 0);
}
