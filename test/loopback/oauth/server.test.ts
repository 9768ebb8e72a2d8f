import { afterEach, beforeEach, expect, test } from 'vitest';
import { decideInBrowser } from './browser.ts';
import { challengeOf } from './code-grants.ts';
import { CLIENT_ID, type OAuthServer, startOAuthServer } from './server.ts';

const VERIFIER = 'v'.repeat(43);
const REDIRECT = 'http://localhost:1455/auth/callback';

let server: OAuthServer;
beforeEach(async () => {
  server = await startOAuthServer();
});
afterEach(async () => await server[Symbol.asyncDispose]());

function authorizeUrl(change: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT,
    scope: 'openid profile email offline_access',
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: 'S256',
    state: 'a state of 32 characters or so',
    ...change,
  });
  return `${server.origin}/oauth/authorize?${query.toString()}`;
}

async function exchange(code: string, change: Record<string, string> = {}) {
  const response = await fetch(`${server.origin}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: CLIENT_ID,
      code,
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
      ...change,
    }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

async function getCode(): Promise<string> {
  return (await decideInBrowser(authorizeUrl())).searchParams.get('code') ?? '';
}

test('a person who continues is sent back with a code that is good for tokens once', async () => {
  const callback = await decideInBrowser(authorizeUrl());
  expect(callback.href.startsWith(REDIRECT)).toBe(true);
  expect(callback.searchParams.get('state')).toBe('a state of 32 characters or so');
  const code = callback.searchParams.get('code') ?? '';
  const { status, body } = await exchange(code);
  expect(status).toBe(200);
  expect(body).toMatchObject({ expires_in: 864_000, refresh_token: expect.stringMatching(/^rt_/) });
  expect(server.isAccessTokenLive(body['access_token'] ?? '')).toBe(true);
  expect(await exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test('a person who cancels is sent back with access_denied', async () => {
  const { searchParams } = await decideInBrowser(authorizeUrl(), 'deny');
  expect(searchParams.get('error')).toBe('access_denied');
  expect(searchParams.has('code')).toBe(false);
});

test.each([
  ['client_id', 'somebody else'],
  ['response_type', 'token'],
  ['code_challenge_method', 'plain'],
  ['code_challenge', 'short'],
  ['scope', 'openid'],
  ['state', ''],
])('an authorize request with a wrong %s is refused', async (name, value) => {
  const response = await fetch(authorizeUrl({ [name]: value }));
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(name);
});

test.each([
  ['a verifier that does not fit', { code_verifier: 'w'.repeat(43) }],
  ['another redirect_uri', { redirect_uri: 'http://localhost:1/auth/callback' }],
])('%s gets no tokens and uses the code up', async (_, change) => {
  const code = await getCode();
  expect(await exchange(code, change)).toMatchObject({ body: { error: 'invalid_grant' } });
  expect(await exchange(code)).toMatchObject({ body: { error: 'invalid_grant' } });
});

test('a request that was awaited is recorded with its fields', async () => {
  const waited = server.waitForRequest(
    ({ path }) => path === '/oauth/token',
    AbortSignal.timeout(10_000),
  );
  await exchange('a code');
  expect(await waited).toMatchObject({ format: 'form', body: { code: 'a code' } });
});
