import type { FailureClass } from '@deckhand/protocol';

/** Tries of one run, the first included. */
export const MAX_ATTEMPTS = 3;

/** Waiting times before the second and third try, in milliseconds. */
const BACKOFF_MS = [2_000, 10_000] as const;

export type RetryDecision = { retry: false } | { retry: true; delayMs: number; fresh: boolean };

export interface Failure {
  readonly class: FailureClass;
  readonly hasSideEffects: boolean;
}

/**
 * Whether a failed attempt (counted from 1) is tried again. `fresh` means without the provider's session.
 * After a tool ran nothing is repeated: the effect would happen twice.
 */
export function decideRetry(failure: Failure, attempt: number): RetryDecision {
  if (failure.hasSideEffects || attempt >= MAX_ATTEMPTS) return { retry: false };
  if (failure.class === 'session') return { retry: true, delayMs: 0, fresh: true };
  if (failure.class === 'overloaded') {
    return { retry: true, delayMs: BACKOFF_MS[attempt - 1] ?? 10_000, fresh: false };
  }
  return { retry: false };
}
