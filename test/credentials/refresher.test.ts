import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HostRefresher } from '../../src/credentials/host-refresher.ts';
import { DAY, OWN, SignInWorld } from './sign-in-world.ts';

let world: SignInWorld;
let refresher: HostRefresher;
beforeEach(async () => {
  world = await SignInWorld.open();
  refresher = world.refresher();
});
afterEach(async () => {
  await refresher[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const refreshes = () => world.server.counts.refreshes;

test('a fresh token is given as it is, without the refresh token', async () => {
  const { accessToken, idToken, accountId, expiresAt } = await world.signIn();
  const access = { accessToken, idToken, accountId, expiresAt };
  expect(await refresher.access(OWN)).toEqual({ status: 'ok', access });
  expect(refreshes()).toBe(0);
  expect(world.refreshed).toEqual([]);
});

test('an expired token refreshes, and the new tokens are on disk before anybody gets them', async () => {
  const old = await world.signIn();
  world.pass(11 * DAY);
  const outcome = await refresher.access(OWN);
  const stored = await world.stored();
  expect(outcome).toMatchObject({ status: 'ok', access: { accessToken: stored.accessToken } });
  expect(stored.refreshToken).not.toBe(old.refreshToken);
  expect(stored).toMatchObject({
    signedInAt: old.signedInAt,
    refreshedAt: world.now,
    expiresAt: world.now + 10 * DAY,
    email: 'person@example.com',
    plan: 'plus',
  });
  expect(world.refreshed).toMatchObject([{ id: OWN, access: { accessToken: stored.accessToken } }]);
});

test('a token is refreshed a day before it expires and not earlier', async () => {
  await world.signIn();
  world.pass(9 * DAY - 1);
  await refresher.access(OWN);
  expect(refreshes()).toBe(0);
  world.pass(1);
  await refresher.access(OWN);
  expect(refreshes()).toBe(1);
});

test('many who ask at once, in several processes, cause one refresh and get the same token', async () => {
  await world.signIn();
  world.pass(10 * DAY);
  await using second = world.refresher();
  const asked = [refresher, second].flatMap((one) =>
    Array.from({ length: 20 }, () => one.access(OWN)),
  );
  const outcomes = await Promise.all(asked);
  expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
  expect(world.server.counts).toMatchObject({ refreshes: 1, reuses: 0 });
});

test('a token that the model refused is renewed once, however many ask', async () => {
  const { accessToken } = await world.signIn();
  world.server.expireAccessTokens();
  const outcomes = await Promise.all([1, 2, 3].map(() => refresher.renew(OWN, accessToken)));
  const stored = await world.stored();
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'ok', access: { accessToken: stored.accessToken } });
  }
  expect(world.server.isAccessTokenLive(stored.accessToken)).toBe(true);
  expect(refreshes()).toBe(1);
});

test('a refused token that somebody else has renewed costs no refresh', async () => {
  const { accessToken } = await world.signIn();
  await refresher.access(OWN);
  await using second = world.refresher();
  await second.renew(OWN, accessToken);
  expect(await refresher.renew(OWN, accessToken)).toMatchObject({ status: 'ok' });
  expect(refreshes()).toBe(1);
  expect(world.refreshed).toHaveLength(2);
});

test('a token that another process got and the model refused at once is not given here', async () => {
  const { accessToken } = await world.signIn();
  await refresher.access(OWN);
  await using second = world.refresher();
  await second.renew(OWN, accessToken);
  const refused = (await world.stored()).accessToken;
  const outcome = await refresher.renew(OWN, refused);
  expect(outcome).toMatchObject({ status: 'ok' });
  expect(outcome).not.toHaveProperty('access.accessToken', refused);
});

test('a refused token is never given again, also while the server cannot renew it', async () => {
  const { accessToken } = await world.signIn();
  world.server.failNext('refresh', { status: 500 });
  expect(await refresher.renew(OWN, accessToken)).toMatchObject({ status: 'unavailable' });
  expect(await refresher.access(OWN)).toMatchObject({ status: 'unavailable' });
  world.pass(5_000);
  expect(await refresher.access(OWN)).toMatchObject({ status: 'ok' });
});

test('a late word about an old token does not make the newest good again', async () => {
  const old = await world.signIn();
  await refresher.renew(OWN, old.accessToken);
  const { accessToken } = await world.stored();
  world.server.failNext('refresh', { status: 500 });
  await refresher.renew(OWN, accessToken);
  expect(await refresher.renew(OWN, old.accessToken)).toMatchObject({ status: 'unavailable' });
});

test.each([
  'refresh_token_reused',
  'refresh_token_expired',
  'refresh_token_invalidated',
  'invalid_grant',
])('%s ends the sign-in, keeps its tokens and is told once', async (code) => {
  const old = await world.signIn();
  world.pass(11 * DAY);
  world.server.failNext('refresh', { code });
  const outcome = await refresher.access(OWN);
  expect(outcome).toMatchObject({
    status: 'broken',
    reason: expect.stringContaining(code),
    mend: 'sign in again with `deckhand login codex`',
  });
  await refresher.access(OWN);
  await refresher.renew(OWN, old.accessToken);
  expect(await world.stored()).toEqual({ ...old, broken: { code, at: world.now } });
  expect(world.broken).toEqual([{ id: OWN, code, signedInAt: old.signedInAt }]);
  expect(world.server.requests).toHaveLength(1);
});

test('a broken sign-in that another process found is told here as well, and a new one mends it', async () => {
  await world.signIn();
  world.pass(11 * DAY);
  world.server.failNext('refresh', { code: 'refresh_token_reused' });
  await using second = world.refresher();
  await second.access(OWN);
  await refresher.access(OWN);
  expect(world.broken).toHaveLength(2);
  await world.signIn();
  expect(await refresher.access(OWN)).toMatchObject({ status: 'ok' });
  world.pass(11 * DAY);
  world.server.failNext('refresh', { code: 'refresh_token_expired' });
  await refresher.access(OWN);
  expect(world.broken).toHaveLength(3);
});

test('the token of a broken sign-in is used until it expires or the model refuses it', async () => {
  const { accessToken } = await world.signIn();
  world.pass(9 * DAY);
  world.server.failNext('refresh', { code: 'refresh_token_expired' });
  expect(await refresher.access(OWN)).toMatchObject({ status: 'ok', access: { accessToken } });
  expect(world.broken).toHaveLength(1);
  expect(await refresher.renew(OWN, accessToken)).toMatchObject({ status: 'broken' });
  expect(await refresher.access(OWN)).toMatchObject({ status: 'broken' });
});

test('disposing waits for a refresh that has begun, and its tokens are kept', async () => {
  const old = await world.signIn();
  world.pass(11 * DAY);
  const stopped = world.refresher();
  const asked = stopped.access(OWN);
  await world.server.waitForRequest(() => true, AbortSignal.timeout(10_000));
  await stopped[Symbol.asyncDispose]();
  expect((await world.stored()).refreshToken).not.toBe(old.refreshToken);
  expect(await asked).toMatchObject({ status: 'ok' });
});

test('who still waits for the lock when the host stops begins no refresh', async () => {
  const { accessToken } = await world.signIn();
  world.pass(9 * DAY);
  const stopped = world.refresher();
  await world.store.withLock(OWN, new AbortController().signal, async () => {
    const asked = stopped.access(OWN);
    await stopped[Symbol.asyncDispose]();
    expect(await asked).toMatchObject({ status: 'ok', access: { accessToken } });
  });
  expect(world.server.requests).toEqual([]);
});
