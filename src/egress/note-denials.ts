import type { Now } from '../clock.ts';
import type { EgressDenial } from '../core/egress.ts';
import { MAX_DENIED_DESTINATIONS, type RunDenials } from '../db/run-denials.ts';
import type { Logger } from '../logger.ts';

export interface DenialNotes extends Disposable {
  readonly note: (denial: EgressDenial) => void;
}

export interface DenialDeps {
  readonly runDenials: RunDenials;
  readonly logger: Logger;
  readonly now: Now;
}

interface Entry {
  readonly denial: EgressDenial;
  /** Times that the database does not know of yet. */
  unsaved: number;
}

/**
 * Notes what the agent of a run is denied: each destination at once, in the database and in one line of the log, its
 * repetitions when the notes are disposed of. An agent that tries everything writes neither full.
 */
export function noteDenials(
  { runDenials, logger, now }: DenialDeps,
  { runId, folder }: { runId: string; folder: string },
): DenialNotes {
  const entries = new Map<string, Entry>();
  return {
    note(denial) {
      const key = `${denial.port} ${denial.host}`;
      const known = entries.get(key);
      if (known !== undefined) known.unsaved += 1;
      else if (entries.size < MAX_DENIED_DESTINATIONS) {
        entries.set(key, { denial, unsaved: 0 });
        runDenials.add({ ...denial, runId, count: 1, now: now() });
        logger.warn({ runId, folder, ...denial }, 'destination denied');
      }
    },
    [Symbol.dispose]() {
      for (const { denial, unsaved } of entries.values()) {
        if (unsaved > 0) runDenials.add({ ...denial, runId, count: unsaved, now: now() });
      }
      entries.clear();
    },
  };
}
