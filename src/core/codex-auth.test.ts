import { expect, test } from 'vitest';
import { readCodexAuth } from './codex-auth.ts';

const NOW = Date.UTC(2026, 10, 21);

function token(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.sig`;
}

function signIn(tokens: object, rest: object = { last_refresh: '2026-11-20T00:00:00Z' }): string {
  return JSON.stringify({
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: { id_token: token({}), access_token: token({ exp: NOW / 1000 + 60 }), ...tokens },
    ...rest,
  });
}

test('a complete sign-in is usable', () => {
  expect(readCodexAuth(signIn({ refresh_token: 'r' }), NOW)).toEqual({ kind: 'chatgpt' });
});

test('an expired access token is usable only with a refresh token', () => {
  const access_token = token({ exp: NOW / 1000 - 1 });
  expect(readCodexAuth(signIn({ access_token, refresh_token: 'r' }), NOW).kind).toBe('chatgpt');
  expect(readCodexAuth(signIn({ access_token, refresh_token: '' }), NOW)).toMatchObject({
    kind: 'unusable',
    reason: expect.stringContaining('expired'),
  });
});

test.each([
  ['a file without last_refresh', signIn({ refresh_token: 'r' }, {})],
  ['an id token that is no JWT', signIn({ refresh_token: 'r', id_token: 'abc' })],
  ['a truncated file', signIn({ refresh_token: 'r' }).slice(0, 40)],
  ['an empty object', '{}'],
  ['null', 'null'],
])('%s is unusable and says why', (_, content) => {
  const auth = readCodexAuth(content, NOW);
  expect(auth.kind).toBe('unusable');
  expect(auth).toHaveProperty('reason', expect.stringMatching(/\w/));
});

test('an API key in the file is found', () => {
  expect(readCodexAuth('{"OPENAI_API_KEY":"sk-1"}', NOW)).toEqual({
    kind: 'api_key',
    apiKey: 'sk-1',
  });
});
