import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CredentialStore } from '../../src/credentials/credential-store.ts';
import type { HostRefresher } from '../../src/credentials/host-refresher.ts';
import type { Fault } from '../loopback/oauth/faults.ts';
import { DAY, HOUR, OWN, SignInWorld } from './sign-in-world.ts';

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

test.each<[string, Fault]>([
  ['500', { status: 500, body: 'oops' }],
  ['a page', 'html'],
  ['nothing', 'empty'],
  ['a broken connection', 'reset'],
  ['silence', 'hang'],
])(
  'a refresh answered with %s keeps the old credentials and the token that is still valid',
  async (_, fault) => {
    await using impatient = world.refresher({ refreshMs: 200 });
    const old = await world.signIn();
    world.pass(9 * DAY);
    world.server.failNext('refresh', fault);
    expect(await impatient.access(OWN)).toMatchObject({
      status: 'ok',
      access: { accessToken: old.accessToken },
    });
    expect(await world.stored()).toEqual(old);
    expect(world.broken).toEqual([]);
  },
);

test('tokens whose expiry is a fraction are kept in a file that can be read again', async () => {
  await world.signIn();
  world.pass(11 * DAY);
  const body = { access_token: 'at', refresh_token: 'next', expires_in: 3_600.00077 };
  world.server.failNext('refresh', { status: 200, body });
  expect(await refresher.access(OWN)).toMatchObject({ status: 'ok' });
  expect(await world.stored()).toMatchObject({ accessToken: 'at', refreshToken: 'next' });
});

test('an expired token that cannot be refreshed fails cleanly, and works when the server is back', async () => {
  const old = await world.signIn();
  world.pass(11 * DAY);
  world.server.failNext('refresh', { status: 503 });
  expect(await refresher.access(OWN)).toEqual({
    status: 'unavailable',
    reason: 'the authorization server cannot be used: it answered 503',
  });
  expect(await world.stored()).toEqual(old);
  world.pass(5_000);
  expect(await refresher.access(OWN)).toMatchObject({ status: 'ok' });
});

test('a server that fails is left alone for a while', async () => {
  await world.signIn();
  world.pass(11 * DAY);
  for (const [passed, asked] of [
    [0, 1],
    [4_999, 1],
    [1, 2],
    [9_999, 2],
    [1, 3],
  ] as const) {
    world.pass(passed);
    world.server.failNext('refresh', { status: 500 });
    await refresher.access(OWN);
    expect(world.server.requests).toHaveLength(asked);
  }
});

test('an answer that got lost ends the sign-in with a word about it', async () => {
  await world.signIn();
  world.pass(11 * DAY);
  world.server.failNext('refresh', 'lost');
  expect(await refresher.access(OWN)).toMatchObject({ status: 'unavailable' });
  world.pass(HOUR);
  expect(await refresher.access(OWN)).toMatchObject({
    status: 'broken',
    reason: expect.stringContaining('refresh_token_reused'),
  });
});

test('no sign-in, an unusable one and a key in its place are told apart', async () => {
  expect(await refresher.access(OWN)).toEqual({ status: 'absent' });
  await world.store.write(OWN, { v: 1, kind: 'api_key', key: 'k', savedAt: 0 });
  expect(await refresher.access(OWN)).toMatchObject({ status: 'broken' });
  writeFileSync(join(world.folder, 'openai-codex.json'), '{"trunc');
  expect(await refresher.access(OWN)).toMatchObject({
    status: 'broken',
    reason: expect.stringContaining('damaged'),
    mend: expect.stringContaining('deckhand login codex'),
  });
});

test('a disk that takes no file is found out before the refresh token is used up', async () => {
  const { refreshToken, accessToken } = await world.signIn();
  world.pass(9 * DAY);
  const full = { ...world.store, write: () => Promise.reject(new Error('ENOSPC')) };
  await using blocked = world.refresher({ store: full });
  expect(await blocked.access(OWN)).toMatchObject({ status: 'ok', access: { accessToken } });
  expect(world.server.requests).toEqual([]);
  expect((await world.stored()).refreshToken).toBe(refreshToken);
});

test.each([
  ['new tokens', undefined, 'ok'],
  ['the end of a sign-in', { code: 'refresh_token_expired' }, 'broken'],
] as const)(
  '%s that the disk does not take are kept until it does, and the server is not asked twice',
  async (_, fault, status) => {
    const old = await world.signIn();
    world.pass(11 * DAY);
    if (fault) world.server.failNext('refresh', fault);
    let writes = 0;
    const filling: CredentialStore = {
      ...world.store,
      write: async (...args) => {
        writes += 1;
        if (writes === 2 || writes === 3) throw new Error('ENOSPC');
        await world.store.write(...args);
      },
    };
    await using unlucky = world.refresher({ store: filling });
    expect(await unlucky.access(OWN)).toMatchObject({ status: 'unavailable' });
    expect(await unlucky.access(OWN)).toMatchObject({ status: 'unavailable' });
    expect(await world.stored()).toEqual(old);
    expect(await unlucky.access(OWN)).toMatchObject({ status });
    expect(await world.stored()).not.toEqual(old);
    expect(world.server.requests).toHaveLength(1);
  },
);

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
