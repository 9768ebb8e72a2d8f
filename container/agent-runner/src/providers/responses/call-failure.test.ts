import { readErrorBody } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import { classifyApiError } from './call-failure.ts';

const classify = (status: number, body: unknown) =>
  classifyApiError(readErrorBody(status, typeof body === 'string' ? body : JSON.stringify(body)));

test.each<[number, unknown, string, string]>([
  [
    400,
    { detail: "The 'x' model is not supported when using Codex with a ChatGPT account." },
    'model',
    "HTTP 400: The 'x' model is not supported when using Codex with a ChatGPT account.",
  ],
  [
    404,
    {
      error: {
        message: 'The model `gpt-9` does not exist or you do not have access to it.',
        code: 'model_not_found',
      },
    },
    'model',
    'HTTP 404 model_not_found: The model `gpt-9` does not exist or you do not have access to it.',
  ],
  [
    400,
    { error: { message: "The requested model 'gpt-5.2-codex' is not supported.", code: null } },
    'model',
    "HTTP 400: The requested model 'gpt-5.2-codex' is not supported.",
  ],
  [
    400,
    { error: { message: 'No such model. The tool is not supported.' } },
    'refused',
    'HTTP 400: No such model. The tool is not supported.',
  ],
  [
    400,
    {
      error: {
        message: "Unsupported parameter: 'top_k' is not supported with this model.",
        code: 'unsupported_parameter',
      },
    },
    'refused',
    "HTTP 400 unsupported_parameter: Unsupported parameter: 'top_k' is not supported with this model.",
  ],
  [
    429,
    { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached' } },
    'quota',
    'HTTP 429 usage_limit_reached: The usage limit has been reached',
  ],
  [
    401,
    { error: { message: 'Incorrect API key provided.', code: null } },
    'auth',
    'HTTP 401: Incorrect API key provided.',
  ],
  [520, '<html>\n <b>nginx</b>\n</html>', 'overloaded', 'HTTP 520: <html> <b>nginx</b> </html>'],
  [500, '', 'overloaded', 'HTTP 500: no message'],
  [404, '{"error":"gone"}', 'refused', 'HTTP 404: {"error":"gone"}'],
])('%s %j', (status, body, failureClass, detail) => {
  expect(classify(status, body).failure).toEqual({ type: 'failed', class: failureClass, detail });
});

test('only what may work a second time is retried, and only a 401 asks for another credential', () => {
  expect(classify(503, '')).toMatchObject({ isRetryable: true });
  for (const status of [400, 401, 403, 404, 422])
    expect(classify(status, '')).toMatchObject({ isRetryable: false });
  expect(classify(401, '')).toHaveProperty('isUnauthorized', true);
  expect(classify(403, '')).not.toHaveProperty('isUnauthorized');
});

test('a long error of a server is cut', () => {
  expect(classify(500, 'x'.repeat(10_000)).failure.detail.length).toBeLessThan(600);
});
