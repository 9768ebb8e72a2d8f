import { expect, test } from 'vitest';
import { readAccessOnlyAuth, renderAccessOnlyAuth } from './access-only-auth.ts';

const NOW = Date.UTC(2026, 10, 21);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const USER = { 'https://api.openai.com/auth': { chatgpt_user_id: 'user-1' } };
const accessToken = `${part({ alg: 'none' })}.${part({ exp: NOW / 1000 + 60, ...USER })}.`;
const idToken = `${part({ alg: 'none' })}.${part({ email: 'ana@example.com' })}.`;

test('the file has what Codex needs to send the token, and no refresh token', () => {
  const content = renderAccessOnlyAuth({ accessToken, idToken, accountId: 'acct' }, NOW);
  expect(JSON.parse(content)).toEqual({
    auth_mode: 'chatgptAuthTokens',
    OPENAI_API_KEY: null,
    tokens: {
      id_token: accessToken,
      access_token: accessToken,
      refresh_token: '',
      account_id: 'acct',
    },
    last_refresh: '2026-11-21T00:00:00.000Z',
  });
  expect(readAccessOnlyAuth(content)).toEqual({ accessToken, accountId: 'acct' });
});

test('an access token that names no user leaves the place of the id token to the id token', () => {
  const nameless = `${part({ alg: 'none' })}.${part({ exp: NOW })}.`;
  const content = renderAccessOnlyAuth({ accessToken: nameless, idToken, accountId: 'a' }, NOW);
  expect(JSON.parse(content)).toMatchObject({
    tokens: { id_token: idToken, access_token: nameless },
  });
});

test.each([
  ['a sign-in that can be refreshed', { auth_mode: 'chatgpt', tokens: { refresh_token: 'r' } }],
  ['an API key', { OPENAI_API_KEY: 'sk' }],
  ['null', null],
])('%s is not taken for one', (_, content) => {
  expect(readAccessOnlyAuth(JSON.stringify(content))).toBeUndefined();
  expect(readAccessOnlyAuth('{"auth_mode":')).toBeUndefined();
});
