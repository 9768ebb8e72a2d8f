import { expect, test } from 'vitest';
import { saveSignIn } from '../../src/credentials/sign-in/save-sign-in.ts';
import { signOut } from '../../src/credentials/sign-in/sign-out.ts';
import { CODEX, type FlowWorld, never, startFlowWorld } from './flow-world.ts';

async function signIn({ server, deps, clock }: FlowWorld) {
  const issued = server.issueSignIn();
  await saveSignIn(deps, { ...issued, expiresAt: clock.now + 1000 }, 'browser', never);
  return issued;
}

test('signing out revokes the refresh token and deletes the profile', async () => {
  await using world = await startFlowWorld();
  const { accessToken, refreshToken } = await signIn(world);
  expect(await signOut(world.deps, CODEX, never)).toEqual({
    status: 'removed',
    revocation: 'done',
  });
  expect(await world.readStored()).toBeUndefined();
  expect(world.server.isAccessTokenLive(accessToken)).toBe(false);
  const [request] = world.server.requests;
  expect(request).toMatchObject({
    path: '/oauth/revoke',
    body: { token: refreshToken, token_type_hint: 'refresh_token' },
  });
});

test.each([{ status: 500 }, 'reset', { code: 'refresh_token_expired' }] as const)(
  'signing out deletes the profile although revoking fails (%j)',
  async (fault) => {
    await using world = await startFlowWorld();
    await signIn(world);
    world.server.failNext('revoke', fault);
    expect(await signOut(world.deps, CODEX, never)).toEqual({
      status: 'removed',
      revocation: 'failed',
    });
    expect(await world.readStored()).toBeUndefined();
  },
);

test('a key is deleted without asking a server, and what is not there is said', async () => {
  await using world = await startFlowWorld();
  const id = { name: 'openai' } as const;
  await world.deps.store.write(id, { v: 1, kind: 'api_key', key: 'sk-own', savedAt: 1 });
  expect(await signOut(world.deps, id, never)).toEqual({ status: 'removed', revocation: 'none' });
  expect(await signOut(world.deps, id, never)).toEqual({ status: 'absent' });
  expect(world.server.requests).toEqual([]);
});
