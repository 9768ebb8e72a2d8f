import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ContainerAuth, createContainerAuth } from '../../src/credentials/container-auth.ts';
import { renewInHomes } from '../../src/credentials/renew-in-homes.ts';
import type { ProfileId } from '../../src/credentials/stored-credential.ts';
import { createLogger } from '../../src/logger.ts';
import { hostPaths } from '../../src/paths.ts';
import type { IssuedTokens } from '../loopback/oauth/token-families.ts';
import { DAY, OWN, SignInWorld } from './sign-in-world.ts';

const TEAM: ProfileId = { name: 'openai-codex', folder: 'team' };
const access = { accessToken: 'a.b.c', idToken: 'd.e.f', accountId: 'acct' };

let world: SignInWorld;
let auth: ContainerAuth;
let path = '';
let handedOver: string[] = [];
beforeEach(async () => {
  world = await SignInWorld.open();
  const paths = hostPaths(world.home);
  path = join(paths.codexHome('team'), 'auth.json');
  handedOver = [];
  auth = createContainerAuth({
    paths,
    store: world.store,
    now: () => world.now,
    logger: createLogger('silent'),
    handOver: async (given) => void handedOver.push(readFileSync(given, 'utf8')),
  });
});
afterEach(async () => await world[Symbol.asyncDispose]());

const content = () => JSON.parse(readFileSync(path, 'utf8'));

function plant(name: string, text = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  const planted = join(dirname(path), name);
  writeFileSync(planted, text);
  return planted;
}

function plantSignIn({ idToken, accessToken, refreshToken }: IssuedTokens): string {
  const tokens = { id_token: idToken, access_token: accessToken, refresh_token: refreshToken };
  const auth = { auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens, last_refresh: 'today' };
  return plant('auth.json', JSON.stringify(auth));
}

test('what a killed host has left of a file goes with the next one', async () => {
  await auth.publish('team', access);
  const beside = join(dirname(dirname(path)), '.auth.json.4194305.0123456789abcdef.tmp');
  writeFileSync(beside, 'secret');
  await auth.publish('team', { ...access, accessToken: 'g.h.i' });
  expect(existsSync(beside)).toBe(false);
});

test('a container gets the access token and nothing that refreshes, in a file handed to its user', async () => {
  await auth.publish('team', access);
  expect(content().tokens).toMatchObject({ access_token: 'a.b.c', refresh_token: '' });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(handedOver).toEqual([readFileSync(path, 'utf8')]);
  expect(readdirSync(dirname(path))).toEqual(['auth.json']);
  expect(readdirSync(dirname(dirname(path)))).toEqual(['.codex']);
});

test('the same token is not written again, another one replaces the file', async () => {
  await auth.publish('team', access);
  const { ino } = statSync(path);
  world.pass(DAY);
  await auth.publish('team', access);
  expect(statSync(path).ino).toBe(ino);
  expect(handedOver).toHaveLength(1);
  await auth.publish('team', { ...access, accessToken: 'd.e.f' });
  expect(content().tokens.access_token).toBe('d.e.f');
});

test.each([
  ['a link', symlinkSync],
  ['a second name of another file', linkSync],
])('%s in the place of the file is replaced and not written through', async (_, put) => {
  const victim = join(world.home, 'victim');
  writeFileSync(victim, 'kept');
  mkdirSync(dirname(path), { recursive: true });
  put(victim, path);
  await auth.publish('team', access);
  expect(readFileSync(victim, 'utf8')).toBe('kept');
  expect(lstatSync(path).isFile()).toBe(true);
  expect(content().tokens.access_token).toBe('a.b.c');
});

test('a folder in the place of the file is set aside with what is in it', async () => {
  mkdirSync(join(path, 'deep'), { recursive: true });
  await auth.publish('team', access);
  expect(content().tokens.access_token).toBe('a.b.c');
  const beside = dirname(dirname(path));
  const aside = readdirSync(beside).find((name) => name.endsWith('.set-aside'));
  expect(readdirSync(join(beside, aside ?? ''))).toEqual(['deep']);
});

test('a key that a person has put there is kept out of the reach of agents', async () => {
  plant('auth.json', '{"OPENAI_API_KEY":"sk"}');
  await auth.publish('team', access);
  await auth.publish('team', { ...access, accessToken: 'd.e.f' });
  const kept = join(dirname(dirname(path)), 'auth.json.replaced');
  expect(readFileSync(kept, 'utf8')).toBe('{"OPENAI_API_KEY":"sk"}');
  expect(statSync(kept).mode & 0o777).toBe(0o600);
});

test('a new token goes to the groups that have one of the same sign-in, whatever becomes of another', async () => {
  const groups = ['key', 'never', 'shut', 'team', 'own'];
  const paths = hostPaths(world.home);
  const fileOf = (folder: string) => join(paths.codexHome(folder), 'auth.json');
  mkdirSync(paths.codexHome('key'), { recursive: true });
  writeFileSync(fileOf('key'), '{"OPENAI_API_KEY":"sk-own"}');
  for (const folder of ['shut', 'team', 'own']) await auth.publish(folder, access);
  await world.signIn({ name: 'openai-codex', folder: 'own' });
  const deps = {
    store: world.store,
    logger: createLogger('silent'),
    groups: () => groups.map((folder) => ({ folder })),
    containerAuth: {
      renew: async (folder: string, next: typeof access) => {
        if (folder === 'shut') throw new Error('EIO');
        return await auth.renew(folder, next);
      },
    },
  };
  await renewInHomes(deps, OWN, { ...access, accessToken: 'next', expiresAt: 1 });
  expect(content().tokens.access_token).toBe('next');
  expect(readFileSync(fileOf('own'), 'utf8')).toContain('a.b.c');
  expect(readFileSync(fileOf('key'), 'utf8')).toBe('{"OPENAI_API_KEY":"sk-own"}');
  expect(existsSync(fileOf('never'))).toBe(false);
});

test('withdrawing takes away what was given and nothing else', async () => {
  expect(await auth.withdraw('team')).toBe(false);
  await auth.publish('team', access);
  expect(await auth.withdraw('team')).toBe(true);
  expect(readdirSync(dirname(path))).toEqual([]);
  plant('auth.json', '{"OPENAI_API_KEY":"sk"}');
  expect(await auth.withdraw('team')).toBe(false);
  expect(content()).toEqual({ OPENAI_API_KEY: 'sk' });
});

test('a sign-in found in the home of a group becomes its own, and the refresh token leaves the container', async () => {
  const issued = world.server.issueSignIn();
  plantSignIn(issued);
  expect(await auth.adoptSeed('team', true)).toBe(true);
  expect(await world.stored(TEAM)).toMatchObject({
    refreshToken: issued.refreshToken,
    accountId: 'acct_loopback',
    email: 'person@example.com',
    expiresAt: issued.exp * 1000,
    source: 'import',
  });
  expect(content().tokens).toMatchObject({
    access_token: issued.accessToken,
    refresh_token: '',
    account_id: 'acct_loopback',
  });
  expect(readdirSync(dirname(dirname(path)))).toEqual(['.codex']);
  expect(await world.store.read(OWN)).toEqual({ status: 'absent' });
  expect(await auth.adoptSeed('team', true)).toBe(false);
});

test('an adopted sign-in that has expired is refreshed like any other', async () => {
  plantSignIn(world.server.issueSignIn());
  world.pass(20 * DAY);
  await auth.adoptSeed('team', true);
  await using refresher = world.refresher();
  expect(await refresher.access(TEAM)).toMatchObject({ status: 'ok' });
});

test('an agent cannot get rid of its group’s sign-in by writing another, unless it is over', async () => {
  const own = await world.signIn(TEAM);
  plantSignIn(world.server.issueSignIn());
  expect(await auth.adoptSeed('team', true)).toBe(false);
  expect(await world.stored(TEAM)).toEqual(own);
  await world.store.write(TEAM, { ...own, broken: { code: 'refresh_token_reused', at: 0 } });
  expect(await auth.adoptSeed('team', true)).toBe(true);
});

test.each([
  ['a truncated file', '{"tokens":{"id'],
  ['an API key', '{"OPENAI_API_KEY":"sk"}'],
  ['tokens of another program', JSON.stringify({ tokens: { access: 'x' } })],
  [
    'a token without the account',
    JSON.stringify({
      tokens: { id_token: 'e30.e30.', access_token: 'e30.e30.', refresh_token: 'r' },
    }),
  ],
])('%s is not adopted and stays', async (_, text) => {
  plant('auth.json', text);
  expect(await auth.adoptSeed('team', true)).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(await world.store.list()).toEqual([]);
});

test('a home is cleared of a token of ours, and of what a person has put there, which still counts beside it', async () => {
  await auth.publish('team', access);
  await auth.clear('team');
  expect(existsSync(path)).toBe(false);
  const issued = world.server.issueSignIn();
  plantSignIn(issued);
  await auth.clear('team');
  expect(readdirSync(dirname(path))).toEqual([]);
  expect(await auth.adoptSeed('team', false)).toBe(true);
  expect(await world.stored(TEAM)).toMatchObject({ refreshToken: issued.refreshToken });
  expect(readdirSync(dirname(dirname(path)))).toEqual(['.codex']);
});

test('a home is cleared of a credential that the host does not read, whose other name stays', async () => {
  const elsewhere = join(world.home, 'auth.json');
  writeFileSync(elsewhere, '{"tokens":{"refresh_token":"r"}}');
  mkdirSync(dirname(path), { recursive: true });
  linkSync(elsewhere, path);
  await auth.clear('team');
  expect(readdirSync(dirname(path))).toEqual([]);
  expect(readFileSync(elsewhere, 'utf8')).toContain('refresh_token');
});

test('a home without a credential is cleared of nothing', async () => {
  plant('config.toml', 'model = "m"');
  await auth.clear('team');
  await auth.clear('other');
  expect(readdirSync(dirname(path))).toEqual(['config.toml']);
});
