import { isStorageFault } from '../db/storage-fault.ts';
import type { Logger } from '../logger.ts';
import type { Wait } from '../wait.ts';

/** The database refused, as on a full disk: tried again this much later. */
const REFUSED_DELAY_MS = 30_000;

export interface InsistDeps {
  readonly wait: Wait;
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

/**
 * Writes what cannot be had again, such as an agent's answer: what the machine refuses is tried until it takes it.
 * Undefined when the host stops before that. Rejects with every other error.
 */
export async function insist<T>(
  { wait, stopping, logger }: InsistDeps,
  write: () => T,
): Promise<T | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return write();
    } catch (error) {
      if (!isStorageFault(error)) throw error;
      if (tries === 1) logger.error({ err: error }, 'end of a run not stored, tried again');
    }
    await wait(REFUSED_DELAY_MS, stopping);
    if (stopping.aborted) return undefined;
  }
}
