import type { SignIn } from './stored-credential.ts';

const MINUTE_MS = 60_000;

/** The longest CONTAINER_TIMEOUT: a token that a run begins with then lives to its end. */
const MARGIN_MS = 24 * 60 * MINUTE_MS;
/** Of a token's lifetime, so that a short-lived one is not refreshed at every use. */
const LARGEST_SHARE = 1 / 5;

const FIRST_RETRY_MS = 5_000;
/** No more: a run may be waiting for the server to come back. */
const LONGEST_RETRY_MS = MINUTE_MS;

/**
 * From when on an access token is refreshed, unix milliseconds: a day before it expires, or when four fifths of its
 * lifetime are over. The real ones live ten days, so a server that is away for less than a day is not noticed.
 */
export function refreshDueAt({ expiresAt, refreshedAt }: SignIn): number {
  const lifetimeMs = Math.max(0, expiresAt - refreshedAt);
  return expiresAt - Math.min(MARGIN_MS, lifetimeMs * LARGEST_SHARE);
}

/** How long to leave the server alone after so many failures in a row. */
export function retryDelayMs(failures: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
}
