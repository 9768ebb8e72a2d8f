import {
  type ApiError,
  classOfApiError,
  findLimitEnd,
  findRetryDelay,
  type HeaderReader,
  readRetryAfter,
} from '@deckhand/protocol';
import type { Failure } from '../../outcome.ts';

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
  const failureClass = classOfApiError(error);
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
