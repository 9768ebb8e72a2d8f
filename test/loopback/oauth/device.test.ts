import { expect, test } from 'vitest';
import { CLIENT_ID, type OAuthServer, startOAuthServer } from './server.ts';

async function post(server: OAuthServer, name: string, body: object) {
  const response = await fetch(`${server.origin}/api/accounts/deviceauth/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

async function begin(server: OAuthServer) {
  const { body } = await post(server, 'usercode', { client_id: CLIENT_ID });
  const { device_auth_id = '', user_code = '', interval } = body;
  return { interval, ids: { device_auth_id, user_code } };
}

test('a device waits with 403 until the person has typed its code, then gets tokens', async () => {
  await using server = await startOAuthServer();
  const { ids, interval } = await begin(server);
  expect(interval).toBe('5');
  expect(await post(server, 'token', ids)).toMatchObject({ status: 403 });
  await fetch(`${server.origin}/codex/device`, {
    method: 'POST',
    body: new URLSearchParams({ user_code: ids.user_code, decision: 'allow' }),
  });
  const { body } = await post(server, 'token', ids);
  const tokens = await fetch(`${server.origin}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: CLIENT_ID,
      code: body['authorization_code'] ?? '',
      code_verifier: body['code_verifier'] ?? '',
      redirect_uri: `${server.origin}/deviceauth/callback`,
    }),
  });
  expect(tokens.status).toBe(200);
});

test('a denied code and one that is too old are refused', async () => {
  let now = 0;
  await using server = await startOAuthServer({ now: () => now });
  const denied = await begin(server);
  server.denyUserCode(denied.ids.user_code);
  expect(await post(server, 'token', denied.ids)).toMatchObject({
    status: 400,
    body: { error: 'access_denied' },
  });
  const late = await begin(server);
  now += 15 * 60_000 + 1;
  expect(await post(server, 'token', late.ids)).toMatchObject({ body: { error: 'expired_token' } });
});

test('a server that does not offer codes answers 404', async () => {
  await using server = await startOAuthServer({ isDeviceEnabled: false });
  expect(await post(server, 'usercode', { client_id: CLIENT_ID })).toMatchObject({ status: 404 });
});
