import type { ApiError } from './api-error.ts';

export interface HeaderReader {
  get(name: string): string | null;
}

function readNumber(headers: HeaderReader, name: string): number | undefined {
  const text = headers.get(name);
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** How long the server asks to wait: `retry-after-ms`, `retry-after` in seconds or as a date. */
export function readRetryAfter(headers: HeaderReader, now: number): number | undefined {
  const ms = readNumber(headers, 'retry-after-ms');
  if (ms !== undefined) return ms;
  const seconds = readNumber(headers, 'retry-after');
  if (seconds !== undefined) return seconds * 1000;
  const date = Date.parse(headers.get('retry-after') ?? '');
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** "Please try again in 11.05s" or "in 20ms", of rate limits that come inside a stream. */
export function findRetryDelay(message: string): number | undefined {
  const found = /try again in (\d+(?:\.\d+)?) ?(ms|s\b|seconds?)/i.exec(message);
  if (!found) return undefined;
  return Math.ceil(Number(found[1]) * (found[2]?.toLowerCase() === 'ms' ? 1 : 1000));
}

/**
 * When a usage limit ends, unix milliseconds. The error itself knows best; else the windows of the plan
 * (`x-codex-primary-…`, `x-codex-secondary-…`) that are used up, of which the later one counts.
 */
export function findLimitEnd(
  error: ApiError,
  headers: HeaderReader,
  now: number,
): number | undefined {
  if (error.resetsAt !== undefined) return Math.round(error.resetsAt * 1000);
  if (error.resetsInSeconds !== undefined) return now + Math.round(error.resetsInSeconds * 1000);
  const windows = ['primary', 'secondary'].map((name) => ({
    used: readNumber(headers, `x-codex-${name}-used-percent`) ?? 0,
    resetAt: readNumber(headers, `x-codex-${name}-reset-at`),
  }));
  const ends = windows.flatMap(({ used, resetAt }) =>
    used >= 100 && resetAt !== undefined ? [resetAt * 1000] : [],
  );
  return ends.length === 0 ? undefined : Math.max(...ends);
}
