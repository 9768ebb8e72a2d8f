import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CredentialStore } from '../../src/credentials/credential-store.ts';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import type { HostRefresher } from '../../src/credentials/host-refresher.ts';
import { createAuthServer } from '../../src/credentials/http-auth-server.ts';
import { saveSignIn } from '../../src/credentials/sign-in/save-sign-in.ts';
import type { SignInOutcome } from '../../src/credentials/sign-in/sign-in-outcome.ts';
import { type SignOutOutcome, signOut } from '../../src/credentials/sign-in/sign-out.ts';
import type { ProfileId } from '../../src/credentials/stored-credential.ts';
import { CLIENT_ID } from '../loopback/oauth/server.ts';
import type { IssuedTokens } from '../loopback/oauth/token-families.ts';
import { DAY, OWN, SignInWorld } from './sign-in-world.ts';

const TEAM: ProfileId = { name: 'openai-codex', folder: 'team' };
const endless = new AbortController().signal;

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

/** As the command does it: a process with a store of its own. */
const otherStore = () => createCredentialStore({ folder: world.folder });

/** Holds a refresh of `OWN` back between the server's answer and the disk, until it is let go. */
function holdRefresh() {
  const gate = Promise.withResolvers<void>();
  const store = otherStore();
  let writes = 0;
  const slow: CredentialStore = {
    ...store,
    async write(id, credential) {
      writes += 1;
      if (writes > 1) await gate.promise;
      await store.write(id, credential);
    },
  };
  const held = world.refresher({ store: slow });
  return { asked: held.access(OWN), letGo: () => gate.resolve(), held };
}

function logOut(id = OWN): Promise<SignOutOutcome> {
  const deps = { authUrl: world.server.origin, clientId: CLIENT_ID, now: () => world.now };
  const timeouts = { exchangeMs: 20_000, refreshMs: 20_000, revokeMs: 300 };
  const authServer = createAuthServer({ ...deps, timeouts });
  return signOut({ store: otherStore(), authServer }, id, endless);
}

function logIn(profile: ProfileId, { exp, ...issued }: IssuedTokens): Promise<SignInOutcome> {
  const deps = { store: otherStore(), profile, now: () => world.now };
  return saveSignIn(deps, { ...issued, expiresAt: exp * 1000 }, 'browser', endless);
}

const requestOf = (path: string) =>
  world.server.waitForRequest((request) => request.path === path, AbortSignal.timeout(10_000));
const pathsAsked = () => world.server.requests.map(({ path }) => path);

test('a logout during a refresh ends the sign-in that comes out of it', async () => {
  const old = await world.signIn();
  world.pass(11 * DAY);
  const { asked, letGo, held } = holdRefresh();
  await using _held = held;
  await requestOf('/oauth/token');
  const loggedOut = logOut();
  // Another one, whom nothing holds up, has the time to end.
  await world.signIn(TEAM);
  await logOut(TEAM);
  letGo();
  expect(await loggedOut).toEqual({ status: 'removed', revocation: 'done' });
  const outcome = await asked;
  if (outcome.status !== 'ok') throw new Error(outcome.status);
  expect(outcome.access.accessToken).not.toBe(old.accessToken);
  expect(world.server.isAccessTokenLive(outcome.access.accessToken)).toBe(false);
  expect(await world.store.read(OWN)).toEqual({ status: 'absent' });
  expect(await refresher.access(OWN)).toEqual({ status: 'absent' });
});

test('a refresh that waits for a logout is not made any more', async () => {
  await world.signIn();
  world.pass(11 * DAY);
  world.server.failNext('revoke', 'hang');
  const loggedOut = logOut();
  await requestOf('/oauth/revoke');
  expect(await refresher.access(OWN)).toEqual({ status: 'absent' });
  expect(await loggedOut).toEqual({ status: 'removed', revocation: 'failed' });
  expect(pathsAsked()).toEqual(['/oauth/revoke']);
});

test('a login during a refresh of the old sign-in is what stays, and what is used next', async () => {
  await world.signIn();
  await refresher.access(OWN);
  world.pass(11 * DAY);
  const { asked, letGo, held } = holdRefresh();
  await using _held = held;
  await requestOf('/oauth/token');
  const issued = world.server.issueSignIn();
  const saved = logIn(OWN, issued);
  await logIn(TEAM, world.server.issueSignIn());
  letGo();
  expect(await saved).toMatchObject({ status: 'ok' });
  expect(await asked).toMatchObject({ status: 'ok' });
  expect((await world.stored()).refreshToken).toBe(issued.refreshToken);
  expect(await refresher.access(OWN)).toMatchObject({
    access: { accessToken: issued.accessToken },
  });
  expect(world.refreshed.at(-1)?.access.accessToken).toBe(issued.accessToken);
});

test('a shared refresh token that the other copy has used ends the sign-in with what to do, once', async () => {
  const imported = await world.signIn();
  const other = createAuthServer({
    authUrl: world.server.origin,
    clientId: CLIENT_ID,
    now: () => world.now,
  });
  expect(await other.refresh(imported.refreshToken)).toMatchObject({ status: 'ok' });
  world.pass(9.5 * DAY);
  expect(await refresher.access(OWN)).toMatchObject({ status: 'ok' });
  world.pass(DAY);
  expect(await refresher.access(OWN)).toMatchObject({
    status: 'broken',
    reason: expect.stringContaining('a copy of it was used elsewhere'),
    mend: expect.stringContaining('deckhand login codex'),
  });
  expect(world.broken).toHaveLength(1);
  expect(pathsAsked()).toHaveLength(2);
  expect((await world.stored()).refreshToken).toBe(imported.refreshToken);
});
