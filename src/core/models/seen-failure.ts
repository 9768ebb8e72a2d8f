import {
  type ApiError,
  classOfApiError,
  type FailureClass,
  findLimitEnd,
  type HeaderReader,
} from '@deckhand/protocol';
import { classOfAnthropicError, findAnthropicLimitEnd } from './anthropic-failure.ts';
import type { ModelProvider } from './model-ref.ts';

/** Why the model's server refused a request, or broke off its answer, as the host has seen it. */
export interface SeenFailure {
  readonly class: FailureClass;
  /** For the log: HTTP status, the server's name of the error and its words. */
  readonly detail: string;
  /** When a `quota` failure ends, unix milliseconds. */
  readonly retryAt?: number;
}

/** `error` without a status came within a stream. */
export function classifySeenError(
  provider: ModelProvider,
  error: ApiError,
  headers: HeaderReader,
  now: number,
): SeenFailure {
  const isAnthropic = provider === 'anthropic';
  const failureClass = isAnthropic ? classOfAnthropicError(error, headers) : classOfApiError(error);
  const end = isAnthropic ? findAnthropicLimitEnd(headers) : findLimitEnd(error, headers, now);
  return {
    class: failureClass,
    detail: describe(error),
    ...(failureClass === 'quota' && end !== undefined && { retryAt: end }),
  };
}

function describe({ status, code, type, message }: ApiError): string {
  const where = status === undefined ? 'the response failed' : `HTTP ${status}`;
  return [where, code ?? type].filter(Boolean).join(' ').concat(`: ${message}`);
}
