import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuthServer } from '../../src/credentials/auth-server.ts';
import { createAuthServer } from '../../src/credentials/http-auth-server.ts';
import { person } from '../loopback/oauth/account.ts';
import { decideInBrowser } from '../loopback/oauth/browser.ts';
import { challengeOf } from '../loopback/oauth/code-grants.ts';
import type { Fault } from '../loopback/oauth/faults.ts';
import { CLIENT_ID, type OAuthServer, startOAuthServer } from '../loopback/oauth/server.ts';

const NOW = Date.UTC(2026, 10, 21);
const REDIRECT = 'http://localhost:1455/auth/callback';
const endless = new AbortController().signal;

let server: OAuthServer;
let client: AuthServer;
beforeEach(async () => {
  server = await startOAuthServer({ now: () => NOW });
  client = connect(server.origin);
});
afterEach(async () => await server[Symbol.asyncDispose]());

function connect(authUrl: string): AuthServer {
  const timeouts = { exchangeMs: 20_000, refreshMs: 200, revokeMs: 200 };
  return createAuthServer({ authUrl, clientId: CLIENT_ID, now: () => NOW, timeouts });
}

async function getCode(verifier: string): Promise<string> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT,
    scope: 'openid profile email offline_access',
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
    state: 'a state of 32 characters or so',
  });
  const callback = await decideInBrowser(`${server.origin}/oauth/authorize?${query.toString()}`);
  return callback.searchParams.get('code') ?? '';
}

test('a code is exchanged as a form, and only with its verifier', async () => {
  const codeVerifier = 'v'.repeat(43);
  const grant = { code: await getCode(codeVerifier), redirectUri: REDIRECT, codeVerifier };
  const outcome = await client.exchange(grant, endless);
  expect(outcome).toMatchObject({ status: 'ok', tokens: { expiresAt: NOW + 864_000_000 } });
  expect(await client.exchange(grant, endless)).toMatchObject({
    status: 'rejected',
    code: 'invalid_grant',
    message: 'The code is not valid.',
  });
});

test('a refresh sends what the Codex CLI sends and brings the next tokens', async () => {
  const { refreshToken } = server.issueSignIn();
  const outcome = await client.refresh(refreshToken);
  expect(outcome).toMatchObject({ status: 'ok', tokens: { expiresAt: NOW + 864_000_000 } });
  expect(outcome).not.toHaveProperty('tokens.refreshToken', refreshToken);
  expect(server.requests[0]).toMatchObject({
    format: 'json',
    body: {
      client_id: CLIENT_ID,
      grant_type: 'refresh_token',
      refresh_reason: 'proactive_expiry',
      refresh_token: refreshToken,
    },
  });
});

test.each(['refresh_token_reused', 'refresh_token_expired', 'refresh_token_invalidated'])(
  '%s is for good',
  async (code) => {
    server.failNext('refresh', { code });
    expect(await client.refresh('rt')).toMatchObject({ status: 'rejected', code });
  },
);

test.each<[string, Fault, string]>([
  ['500', { status: 500, body: { error: { code: 'invalid_grant' } } }, 'answered 500'],
  ['429', { status: 429, body: { error: { code: 'rate_limit_exceeded' } } }, 'answered 429'],
  [
    'a region that is not served',
    { status: 403, body: { error: { code: 'unsupported_country' } } },
    'answered 403',
  ],
  [
    'the word of somebody in between',
    { status: 404, body: { error: { code: 'no_such_host' } } },
    'answered 404',
  ],
  ['a page that is gone', { status: 410, body: { error: 'gone' } }, 'answered 410'],
  ['"not now"', { status: 400, body: { error: 'temporarily_unavailable' } }, 'answered 400'],
  ['401 that nobody explains', { status: 401, body: 'no' }, 'answered 401'],
  ['401 without a code', { status: 401, body: { error: { message: 'no' } } }, 'answered 401'],
  ['a redirect', { status: 302 }, 'answered 302'],
  ['a page', 'html', 'without JSON'],
  ['nothing', 'empty', 'without JSON'],
  ['half an answer', { status: 200, body: '{"access_token":"a' }, 'without JSON'],
  ['null', { status: 200, body: 'null' }, 'lacks access_token'],
  ['no access token', { status: 200, body: { refresh_token: 'r' } }, 'lacks access_token'],
  ['a broken connection', 'reset', 'fetch failed'],
  ['silence', 'hang', 'did not answer within 0.2 s'],
])('a refresh answered with %s may be tried again', async (_, fault, reason) => {
  const { refreshToken } = server.issueSignIn();
  server.failNext('refresh', fault);
  expect(await client.refresh(refreshToken)).toEqual({
    status: 'unavailable',
    reason: expect.stringContaining(reason),
  });
  expect(await client.refresh(refreshToken)).toMatchObject({ status: 'ok' });
});

test('a server that cannot be reached is unavailable and no secret is named', async () => {
  const { origin } = server;
  await server[Symbol.asyncDispose]();
  const outcome = await connect(origin).refresh('a secret');
  expect(outcome).toMatchObject({ status: 'unavailable' });
  expect(JSON.stringify(outcome)).not.toContain('a secret');
  server = await startOAuthServer();
});

test('an answer without a refresh token keeps the old one, without an id token the access token serves', async () => {
  server.failNext('refresh', { status: 200, body: { access_token: 'at', expires_in: 60 } });
  expect(await client.refresh('old')).toEqual({
    status: 'ok',
    tokens: {
      accessToken: 'at',
      idToken: 'at',
      refreshToken: 'old',
      expiresAt: NOW + 60_000,
    },
  });
});

test('without expires_in the token itself tells when it expires, else an hour is assumed', async () => {
  const { accessToken } = server.issueSignIn(person);
  server.failNext('refresh', { status: 200, body: { access_token: accessToken } });
  server.failNext('refresh', { status: 200, body: { access_token: 'opaque' } });
  expect(await client.refresh('r')).toMatchObject({ tokens: { expiresAt: NOW + 864_000_000 } });
  expect(await client.refresh('r')).toMatchObject({ tokens: { expiresAt: NOW + 3_600_000 } });
});

test.each<[string, object, object]>([
  ['a fraction of a second', { expires_in: 0.0005 }, { expiresAt: NOW }],
  ['no lifetime at all', { expires_in: 0 }, { expiresAt: NOW + 3_600_000 }],
  ['a lifetime in words', { expires_in: 'soon' }, { expiresAt: NOW + 3_600_000 }],
  ['a lifetime that no clock holds', { expires_in: 1e300 }, { expiresAt: NOW + 3_600_000 }],
  ['null in its place', { expires_in: null }, { expiresAt: NOW + 3_600_000 }],
  ['no id token to speak of', { id_token: null }, { idToken: 'at' }],
  ['no refresh token to speak of', { refresh_token: '' }, { refreshToken: 'old' }],
  ['null for a refresh token', { refresh_token: null }, { refreshToken: 'old' }],
])('an answer with %s loses none of its tokens', async (_, odd, expected) => {
  const body = { access_token: 'at', refresh_token: 'next', id_token: 'it', ...odd };
  server.failNext('refresh', { status: 200, body });
  const tokens = { accessToken: 'at', refreshToken: 'next', idToken: 'it', ...expected };
  expect(await client.refresh('old')).toMatchObject({ status: 'ok', tokens });
});

test('revoking says whether the server has confirmed', async () => {
  const { refreshToken } = server.issueSignIn();
  server.failNext('revoke', { status: 503 });
  server.failNext('revoke', 'hang');
  expect(await client.revoke(refreshToken)).toBe(false);
  expect(await client.revoke(refreshToken)).toBe(false);
  expect(await client.revoke(refreshToken)).toBe(true);
  expect(await client.refresh(refreshToken)).toMatchObject({ code: 'refresh_token_invalidated' });
});

test('an exchange ends with its signal', async () => {
  server.failNext('exchange', 'hang');
  const stop = new AbortController();
  const grant = { code: 'c', redirectUri: REDIRECT, codeVerifier: 'v' };
  const exchange = client.exchange(grant, stop.signal);
  await server.waitForRequest(({ path }) => path === '/oauth/token', AbortSignal.timeout(10_000));
  stop.abort(new Error('the person gave up'));
  await expect(exchange).rejects.toThrow('the person gave up');
});
