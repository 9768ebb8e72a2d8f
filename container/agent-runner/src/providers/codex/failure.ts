import type { FailureClass } from '@deckhand/protocol';
import type { Failure } from '../../outcome.ts';
import { findRetryTime } from './retry-time.ts';

/**
 * What the CLI (0.169) says when a turn fails, first match wins: plan and credential before the status
 * codes, because a usage limit is a 429 too.
 */
const RULES: readonly (readonly [RegExp, FailureClass])[] = [
  [
    /usage limit|quota exceeded|insufficient_quota|usage_not_included|upgrade to plus|billing|out of credits|\b402 Payment/i,
    'quota',
  ],
  [
    /\b401\b|refresh token|could not be refreshed|not logged in|invalid_api_key|missing bearer|log in again|deserialize CLI auth|\b403 Forbidden/i,
    'auth',
  ],
  [
    /model (\S+ )?is not supported|model_not_found|model .*does not exist|requires a newer version of codex/i,
    'model',
  ],
  [/ran out of room|context_length_exceeded|context window|exceeds the maximum length/i, 'context'],
  // The last two: a replaced token that the CLI cannot go on with in this turn, but begins the next one with; and
  // the settings of a company's account, which it could not fetch before the turn.
  [
    /\b429\b|high demand|at capacity|overloaded|stream disconnected|stream closed|idle timeout|\b5\d\d\b|error sending request|connection (refused|reset|failed)|timed out|dns error|network policy is unavailable|cloud config bundle/i,
    'overloaded',
  ],
  // A body that the CLI hands on as it is was a 400.
  [/^\s*\{|invalid[_ ]prompt|\b400 Bad Request|\b422\b|\b404 Not Found|policy|flagged/i, 'refused'],
];

/** Whether the CLI says that the model refuses the credential. */
export function isRefusal(message: string): boolean {
  return classOf(message) === 'auth';
}

function classOf(message: string): FailureClass {
  return RULES.find(([pattern]) => pattern.test(message))?.[1] ?? 'internal';
}

export function classifyCodexFailure(message: string, timeZone: string, now = Date.now()): Failure {
  const failureClass = classOf(message);
  const retryAt = failureClass === 'quota' ? findRetryTime(message, timeZone, now) : undefined;
  return {
    type: 'failed',
    class: failureClass,
    detail: message,
    ...(retryAt !== undefined && { retryAt }),
  };
}
