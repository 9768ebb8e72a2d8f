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

test('new tokens that the disk does not take are written at the stop of the host, when it makes room in time', async () => {
  const old = await world.signIn();
  world.pass(11 * DAY);
  let writes = 0;
  const filling: CredentialStore = {
    ...world.store,
    write: async (...args) => {
      writes += 1;
      if (writes > 1 && writes < 5) throw new Error('ENOSPC');
      await world.store.write(...args);
    },
  };
  {
    await using stopping = world.refresher({ store: filling });
    await stopping.access(OWN);
    expect((await world.stored()).refreshToken).toBe(old.refreshToken);
  }
  expect(writes).toBe(5);
  expect((await world.stored()).refreshToken).not.toBe(old.refreshToken);
  expect(await refresher.access(OWN)).toMatchObject({ status: 'ok' });
  expect(world.server.counts).toMatchObject({ refreshes: 1, reuses: 0 });
});

test('new tokens that wait for the stop are not given up while the old file cannot be read', async () => {
  const old = await world.signIn();
  world.pass(11 * DAY);
  let writes = 0;
  let isReadable = false;
  const failing: CredentialStore = {
    ...world.store,
    async read(id) {
      if (writes < 2 || isReadable) return await world.store.read(id);
      isReadable = true;
      return { status: 'unusable', reason: 'the file can be read by others', mend: 'mend it' };
    },
    async write(...args) {
      writes += 1;
      if (writes === 2) throw new Error('ENOSPC');
      await world.store.write(...args);
    },
  };
  {
    await using stopping = world.refresher({ store: failing });
    await stopping.access(OWN);
  }
  expect(isReadable).toBe(true);
  expect((await world.stored()).refreshToken).not.toBe(old.refreshToken);
});

test('a sign-in of a person is not replaced at the stop by tokens that were not saved', async () => {
  await world.signIn();
  world.pass(11 * DAY);
  let writes = 0;
  const full: CredentialStore = {
    ...world.store,
    write: async (...args) => {
      writes += 1;
      if (writes > 1) throw new Error('ENOSPC');
      await world.store.write(...args);
    },
  };
  {
    await using stopping = world.refresher({ store: full });
    await stopping.access(OWN);
    await world.signIn();
  }
  expect(writes).toBe(2);
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
