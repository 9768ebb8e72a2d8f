import type { ApiError, FailureClass, HeaderReader } from '@deckhand/protocol';

/** The server's own words, at their start: further on an error may quote what the request said. */
const NO_CREDIT = /^Your credit balance is too low/i;
const TOO_LONG = /^(prompt is too long|input length and `max_tokens` exceed context limit)/i;
const UNKNOWN_MODEL = /^model: /i;

/** Types of errors within a stream, where no status tells the class (API reference, "Errors"). */
const STREAM_CLASSES: ReadonlyMap<string, FailureClass> = new Map([
  ['authentication_error', 'auth'],
  ['permission_error', 'auth'],
  ['billing_error', 'quota'],
  ['invalid_request_error', 'refused'],
  ['request_too_large', 'context'],
  ['not_found_error', 'refused'],
]);

/** What kind of failure an error of the Messages API is. */
export function classOfAnthropicError(error: ApiError, headers: HeaderReader): FailureClass {
  const { status, type, message } = error;
  if (type === 'billing_error' || status === 402 || NO_CREDIT.test(message)) return 'quota';
  if (status === 429 && isLimitHit(headers)) return 'quota';
  if (type === 'invalid_request_error' && TOO_LONG.test(message)) return 'context';
  if (type === 'not_found_error' && UNKNOWN_MODEL.test(message)) return 'model';
  if (status === undefined) return STREAM_CLASSES.get(type ?? '') ?? 'overloaded';
  if (status === 401 || status === 403) return 'auth';
  if (status === 413) return 'context';
  if (status === 408 || status === 429 || status >= 500) return 'overloaded';
  return 'refused';
}

/** A subscription's window is used up, which is another thing than too many requests at a time. */
function isLimitHit(headers: HeaderReader): boolean {
  return headers.get('anthropic-ratelimit-unified-status') === 'rejected';
}

/** When a subscription's limit ends, unix milliseconds; the header has seconds. */
export function findAnthropicLimitEnd(headers: HeaderReader): number | undefined {
  const seconds = Number(headers.get('anthropic-ratelimit-unified-reset') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : undefined;
}
