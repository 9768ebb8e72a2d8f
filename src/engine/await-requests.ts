import type { Logger } from '../logger.ts';
import type { Wait } from '../wait.ts';

/** Longest wait for the requests that an agent left. */
const LIMIT_MS = 2_000;

export interface AwaitRequestsDeps {
  readonly wait: Wait;
  readonly logger: Logger;
}

/**
 * Waits until what a group's agent has asked for by files is handled: two seconds at most, because a flood of requests
 * must not hold back answers for ever. Never rejects.
 */
export async function awaitRequests(
  { wait, logger }: AwaitRequestsDeps,
  folder: string,
  handling: Promise<void>,
): Promise<void> {
  const settled = handling.catch((error: unknown) => {
    logger.error({ folder, err: error }, 'requests of a group not settled');
  });
  const done = new AbortController();
  await Promise.race([settled, wait(LIMIT_MS, done.signal)]);
  done.abort();
}
