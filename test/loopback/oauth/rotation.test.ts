import { afterEach, beforeEach, expect, test } from 'vitest';
import { CLIENT_ID, type OAuthServer, startOAuthServer } from './server.ts';

let server: OAuthServer;
let now = 0;
beforeEach(async () => {
  now = Date.UTC(2026, 10, 1);
  server = await startOAuthServer({ now: () => now, refreshTokenLifetimeS: 30 * 86_400 });
});
afterEach(async () => await server[Symbol.asyncDispose]());

function post(path: string, fields: Record<string, string>) {
  return fetch(`${server.origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: CLIENT_ID, ...fields }),
  });
}

async function refresh(token: string) {
  const response = await post('/oauth/token', {
    grant_type: 'refresh_token',
    refresh_token: token,
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const refused = (code: string) => ({ status: 401, body: { error: { code } } });

test('each refresh brings the next refresh token and leaves the old access token good', async () => {
  const first = server.issueSignIn();
  const second = await refresh(first.refreshToken);
  const third = await refresh(second.body.refresh_token);
  expect(third.status).toBe(200);
  expect(server.isAccessTokenLive(first.accessToken)).toBe(true);
  expect(server.isAccessTokenLive(third.body.access_token)).toBe(true);
  expect(server.counts).toEqual({ families: 1, deadFamilies: 0, refreshes: 2, reuses: 0 });
});

test('a reused refresh token ends its whole family and no other', async () => {
  const other = server.issueSignIn();
  const first = server.issueSignIn();
  const second = await refresh(first.refreshToken);
  expect(await refresh(first.refreshToken)).toMatchObject(refused('refresh_token_reused'));
  expect(await refresh(second.body.refresh_token)).toMatchObject(
    refused('refresh_token_invalidated'),
  );
  expect(server.isAccessTokenLive(second.body.access_token)).toBe(false);
  expect((await refresh(other.refreshToken)).status).toBe(200);
  expect(server.counts).toMatchObject({ reuses: 1, deadFamilies: 1 });
});

test('a refresh token that was revoked or is too old is refused', async () => {
  const revoked = server.issueSignIn();
  await post('/oauth/revoke', { token: revoked.refreshToken, token_type_hint: 'refresh_token' });
  expect(await refresh(revoked.refreshToken)).toMatchObject(refused('refresh_token_invalidated'));
  const old = server.issueSignIn();
  now += 30 * 86_400_000;
  expect(await refresh(old.refreshToken)).toMatchObject(refused('refresh_token_expired'));
});

test('an access token is good until its time is over or the server refuses it', async () => {
  const expired = server.issueSignIn();
  now += 864_000_000;
  expect(server.isAccessTokenLive(expired.accessToken)).toBe(false);
  const early = server.issueSignIn();
  server.expireAccessTokens();
  expect(server.isAccessTokenLive(early.accessToken)).toBe(false);
  const { body } = await refresh(early.refreshToken);
  expect(server.isAccessTokenLive(body.access_token)).toBe(true);
});

test('a fault happens once and leaves the refresh token unused', async () => {
  const { refreshToken } = server.issueSignIn();
  server.failNext('refresh', { status: 500, body: 'oops' });
  server.failNext('refresh', 'html');
  server.failNext('refresh', 'reset');
  const ask = () =>
    post('/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken });
  expect((await ask()).status).toBe(500);
  expect(await (await ask()).text()).toContain('<title>');
  await expect(ask()).rejects.toThrow('fetch failed');
  expect((await refresh(refreshToken)).status).toBe(200);
});

test('a lost answer has used the refresh token up', async () => {
  const { refreshToken } = server.issueSignIn();
  server.failNext('refresh', 'lost');
  await expect(refresh(refreshToken)).rejects.toThrow('fetch failed');
  expect(await refresh(refreshToken)).toMatchObject(refused('refresh_token_reused'));
});
