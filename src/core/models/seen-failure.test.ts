import { type FailureClass, type HeaderReader, readErrorBody } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import type { ModelProvider } from './model-ref.ts';
import { classifySeenError } from './seen-failure.ts';

const NOW = 1_800_000_000_000;
const LIMIT_HEADERS = {
  'anthropic-ratelimit-unified-status': 'rejected',
  'anthropic-ratelimit-unified-reset': '1900000000',
};
const reader = (headers: Readonly<Record<string, string>>): HeaderReader => ({
  get: (name) => headers[name] ?? null,
});
const classify = (
  provider: ModelProvider,
  status: number,
  error: object | string,
  headers: Readonly<Record<string, string>> = {},
) => {
  const body = typeof error === 'string' ? error : JSON.stringify({ type: 'error', error });
  return classifySeenError(provider, readErrorBody(status, body), reader(headers), NOW);
};
const says = (type: string, message = 'x') => ({ type, message });

test.each<[number, object | string, FailureClass]>([
  [401, says('authentication_error'), 'auth'],
  [403, says('permission_error'), 'auth'],
  [402, says('billing_error'), 'quota'],
  [
    400,
    says('invalid_request_error', 'Your credit balance is too low to access the API.'),
    'quota',
  ],
  [400, says('invalid_request_error', 'messages.0: "Your credit balance is too low"'), 'refused'],
  [400, says('invalid_request_error', 'prompt is too long: 210000 tokens > 200000'), 'context'],
  [400, says('invalid_request_error', 'tools.0.name: "prompt is too long"'), 'refused'],
  [413, says('request_too_large'), 'context'],
  [404, says('not_found_error', 'model: claude-sonnet-9'), 'model'],
  [404, says('not_found_error', 'Not found'), 'refused'],
  [429, says('rate_limit_error'), 'overloaded'],
  [500, says('api_error'), 'overloaded'],
  [529, says('overloaded_error'), 'overloaded'],
  [502, '<html>bad gateway</html>', 'overloaded'],
  [400, says('invalid_request_error', 'model: claude-sonnet-5'), 'refused'],
])('the Messages API that answers %i %j has a failure of class %s', (status, error, expected) => {
  expect(classify('anthropic', status, error).class).toBe(expected);
});

test('a subscription’s limit ends when its headers say, and a busy server has no end', () => {
  const error = says('rate_limit_error', 'limit');
  expect(classify('anthropic', 429, error, LIMIT_HEADERS)).toEqual({
    class: 'quota',
    detail: 'HTTP 429 rate_limit_error: limit',
    retryAt: 1_900_000_000_000,
  });
  expect(classify('anthropic', 529, error, LIMIT_HEADERS)).not.toHaveProperty('retryAt');
});

test('an error within a stream of the Messages API is classed by its name', () => {
  const classOf = (type: string) =>
    classifySeenError('anthropic', { type, message: 'x' }, reader({}), NOW).class;
  expect([classOf('overloaded_error'), classOf('api_error'), classOf('a_new_error')]).toEqual(
    Array.from({ length: 3 }, () => 'overloaded'),
  );
  expect(classOf('invalid_request_error')).toBe('refused');
});

test('a usage limit of the Responses API ends when the error or the plan’s windows say', () => {
  const limit = { type: 'usage_limit_reached', message: 'x' };
  expect(classify('openai-codex', 429, { ...limit, resets_in_seconds: 60 })).toMatchObject({
    class: 'quota',
    retryAt: NOW + 60_000,
  });
  const windows = {
    'x-codex-primary-used-percent': '100',
    'x-codex-primary-reset-at': '1900000000',
  };
  expect(classify('openai-codex', 429, limit, windows)).toMatchObject({
    retryAt: 1_900_000_000_000,
  });
  expect(classify('openai', 429, { type: 'requests', message: 'x' })).toMatchObject({
    class: 'overloaded',
  });
});
