import type { FailureReason } from './failure-notice.ts';

/** A slot that could not begin within this time is left out: its moment has passed. */
export const GRACE_MS = 3_600_000;
/** A run that begins later than this after its slot is told so. */
export const LATE_MS = 120_000;
/** Attempts at one slot, each a run with the tries of its own. */
const MAX_SLOT_ATTEMPTS = 3;
/** Waiting times before the second and the third attempt. */
const BACKOFF_MS = [60_000, 300_000] as const;
/** A task is paused when so many slots in a row have failed. */
export const MAX_FAILED_SLOTS = 3;

/** Failures that may be gone in a few minutes. The others need a person, or would only come again. */
const PASSING: ReadonlySet<FailureReason> = new Set([
  'overloaded',
  'session',
  'internal',
  'container',
  'interrupted',
  'no_answer',
  'script',
]);

export interface SlotFailure {
  readonly reason: FailureReason;
  /** When a usage limit ends, unix milliseconds. */
  readonly retryAt?: number | undefined;
  readonly hasSideEffects?: boolean | undefined;
}

/**
 * When a slot is tried again after an attempt (counted from 1) has failed, unix milliseconds; undefined for
 * never. After a tool ran nothing is repeated.
 */
export function retrySlotAt(
  { reason, retryAt, hasSideEffects }: SlotFailure,
  attempt: number,
  now: number,
): number | undefined {
  if (hasSideEffects === true || attempt >= MAX_SLOT_ATTEMPTS) return undefined;
  const later = now + (BACKOFF_MS[attempt - 1] ?? BACKOFF_MS[1]);
  if (reason === 'quota' && retryAt !== undefined && retryAt <= now + GRACE_MS) {
    return Math.max(later, retryAt);
  }
  return PASSING.has(reason) ? later : undefined;
}
