import type { Now } from '../clock.ts';
import type { EgressDenial } from '../core/egress.ts';
import { MAX_DENIED_DESTINATIONS, type RunDenials } from '../db/run-denials.ts';
import type { Censor } from '../log-censor.ts';
import type { Logger } from '../logger.ts';

export interface DenialDeps {
  readonly runDenials: RunDenials;
  readonly logger: Logger;
  readonly now: Now;
  /** For the names of hosts, which an agent makes up. */
  readonly censor: Censor;
}

export type NoteDenial = (run: DeniedRun, denial: EgressDenial) => void;

/** A run that the database knows. */
export interface DeniedRun {
  readonly runId: string;
  readonly folder: string;
}

/** Far more than go on at the same time. */
const MAX_RUNS = 200;

/**
 * Notes what the agents of runs are denied: a destination at once, in the database and in one line of the log, and its
 * repetitions whenever they have doubled. An agent that tries everything again and again writes neither full.
 */
export function createDenialNotes({ runDenials, logger, now, censor }: DenialDeps): NoteDenial {
  /** How often each destination was denied, by run; the oldest run first. */
  const runs = new Map<string, Map<string, number>>();
  return ({ runId, folder }, { host, ...told }) => {
    const denial = { host: censor(host), ...told };
    const counts = runs.get(runId) ?? new Map<string, number>();
    runs.set(runId, counts);
    dropOldest(runs);
    const key = `${denial.port} ${denial.host}`;
    const before = counts.get(key) ?? 0;
    if (before === 0 && counts.size >= MAX_DENIED_DESTINATIONS) return;
    counts.set(key, before + 1);
    if (before === 0) logger.warn({ runId, folder, ...denial }, 'destination denied');
    const unsaved = unsavedAt(before + 1);
    if (unsaved === 0) return;
    try {
      runDenials.add({ ...denial, runId, count: unsaved, now: now() });
    } catch (err) {
      // A database that cannot write must not keep open what a policy closes.
      logger.error({ err, runId }, 'a denial is not kept');
    }
  };
}

/** 1, 2, 4, 8 … are saved: at each what has come since the one before. */
function unsavedAt(count: number): number {
  if (!Number.isInteger(Math.log2(count))) return 0;
  return count === 1 ? 1 : count / 2;
}

function dropOldest(runs: Map<string, unknown>): void {
  const [oldest] = runs.keys();
  if (runs.size > MAX_RUNS && oldest !== undefined) runs.delete(oldest);
}
