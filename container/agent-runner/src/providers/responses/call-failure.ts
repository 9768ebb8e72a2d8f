import type { FailureClass } from '@deckhand/protocol';
import type { Failure } from '../../outcome.ts';
import type { ApiError } from './api-error.ts';
import { findLimitEnd, findRetryDelay, type HeaderReader, readRetryAfter } from './rate-limit.ts';

/** Why one model request failed. */
export interface CallFailure {
  readonly type: 'failed';
  readonly failure: Failure;
  /** The same request may work when it is sent again. */
  readonly isRetryable: boolean;
  /** How long the server asks to wait before. */
  readonly retryAfterMs?: number | undefined;
  /** The connection's own failure, not an answer of the API. */
  readonly isBroken?: true;
  /** The credential was refused; a newer one may be taken. */
  readonly isUnauthorized?: true;
}

const NO_HEADERS: HeaderReader = { get: () => null };

const QUOTA = /usage_limit_reached|usage_not_included|insufficient_quota|billing/;
const CONTEXT = /context_length_exceeded|string_above_max_length/;
const OVERLOADED = /rate_limit|server_error|overloaded|slow_down|timeout|unavailable/;
/** "The 'x' model is not supported when…", "The model `gpt-5.2` does not exist or you do not have access to it." */
const MODEL_MESSAGE = /\bmodel\b(?:[^.]|\.\d)*\b(is not supported|does not exist|not found)\b/i;

function isModelError({ status, code, message }: ApiError): boolean {
  if (code === 'model_not_found') return true;
  return (status === 400 || status === 403 || status === 404) && MODEL_MESSAGE.test(message);
}

/** What kind of failure it is; plan and model before the status, because they come with several. */
function classOf(error: ApiError): FailureClass {
  const { status, code = '', type = '' } = error;
  const name = `${code} ${type}`;
  if (QUOTA.test(name)) return 'quota';
  if (CONTEXT.test(name)) return 'context';
  if (isModelError(error)) return 'model';
  if (status === 401 || status === 403 || code === 'invalid_api_key') return 'auth';
  if (status === 408 || status === 429 || (status !== undefined && status >= 500))
    return 'overloaded';
  if (status === undefined && (OVERLOADED.test(name) || name === ' ')) return 'overloaded';
  return 'refused';
}

function describe({ status, code, type, message }: ApiError): string {
  const name = code ?? type;
  const where = status === undefined ? 'the response failed' : `HTTP ${status}`;
  return name === undefined ? `${where}: ${message}` : `${where} ${name}: ${message}`;
}

/** An error that the API told. */
export function classifyApiError(
  error: ApiError,
  headers: HeaderReader = NO_HEADERS,
  now: number = Date.now(),
): CallFailure {
  const failureClass = classOf(error);
  const retryAt = failureClass === 'quota' ? findLimitEnd(error, headers, now) : undefined;
  return {
    type: 'failed',
    failure: {
      type: 'failed',
      class: failureClass,
      detail: describe(error),
      ...(retryAt !== undefined && { retryAt }),
    },
    isRetryable: failureClass === 'overloaded',
    retryAfterMs: readRetryAfter(headers, now) ?? findRetryDelay(error.message),
    ...(error.status === 401 && { isUnauthorized: true }),
  };
}

/** The network or the stream broke; nothing says that the same request fails again. */
export function brokenCall(detail: string): CallFailure {
  return {
    type: 'failed',
    failure: { type: 'failed', class: 'overloaded', detail },
    isRetryable: true,
    isBroken: true,
  };
}

/** The run was stopped; the caller of the provider knows why. */
export const STOPPED_CALL: CallFailure = {
  type: 'failed',
  failure: { type: 'failed', class: 'cancelled', detail: 'stopped' },
  isRetryable: false,
};
