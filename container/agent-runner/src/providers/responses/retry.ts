import { setTimeout as delay } from 'node:timers/promises';
import { type CallFailure, STOPPED_CALL } from './call-failure.ts';
import type { ResponsesLimits } from './limits.ts';
import type { CallOutcome } from './response-reader.ts';

/** Part of the wait that is left to chance, so that many groups do not come back at once. */
const JITTER = 0.2;

export interface RetryHooks {
  /** Whether the request may be sent again after this failure; a retry repeats one model request and no tool. */
  mayRetry(): boolean;
  onRetry(detail: string): void;
}

function waitBefore(
  nextTry: number,
  { retryAfterMs }: CallFailure,
  limits: ResponsesLimits,
): number {
  const backoffMs = limits.backoffMs * 2 ** (nextTry - 2) * (1 + JITTER * Math.random());
  return Math.max(retryAfterMs ?? 0, backoffMs);
}

/** Sends one model request until it works, fails for good, or was sent often enough. */
export async function askWithRetries(
  ask: () => Promise<CallOutcome>,
  limits: ResponsesLimits,
  hooks: RetryHooks,
  signal: AbortSignal,
): Promise<CallOutcome> {
  for (let nextTry = 2; ; nextTry++) {
    const outcome = await ask();
    if (outcome.type === 'done' || !outcome.isRetryable || !hooks.mayRetry()) return outcome;
    const waitMs = waitBefore(nextTry, outcome, limits);
    if (nextTry > limits.tries || waitMs > limits.maxRetryWaitMs) return outcome;
    hooks.onRetry(`try ${nextTry} in ${Math.round(waitMs)} ms: ${outcome.failure.detail}`);
    if (!(await sleep(waitMs, signal))) return STOPPED_CALL;
  }
}

/** False when the signal aborted first. */
async function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
