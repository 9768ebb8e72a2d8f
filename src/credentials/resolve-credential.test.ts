import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secrets } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Credential } from '../core/credential.ts';
import { registeredGroupSchema } from '../core/group.ts';
import type { ModelProvider } from '../core/models/model-ref.ts';
import { createLogger } from '../logger.ts';
import { hostPaths } from '../paths.ts';
import { createContainerAuth } from './container-auth.ts';
import { createCredentialStore } from './file-credential-store.ts';
import { findGroupApiKey } from './group-api-key.ts';
import type { RefusedKey } from './key-credential.ts';
import type { AccessOutcome, Refresher } from './refresher.ts';
import { createResolveCredential } from './resolve-credential.ts';

const NOW = Date.UTC(2026, 10, 21);
const CLAIMS = { 'https://api.openai.com/auth': { chatgpt_account_id: 'acct-1' }, exp: NOW };
const JWT = `e30.${Buffer.from(JSON.stringify(CLAIMS)).toString('base64url')}.s`;

let home = '';
let refused: RefusedKey[] = [];
let mayHold = true;
beforeEach(() => {
  mayHold = true;
  home = mkdtempSync(join(tmpdir(), 'deckhand-credentials-'));
  refused = [];
});
afterEach(() => rmSync(home, { recursive: true }));

const access = (token: string): AccessOutcome => ({
  status: 'ok',
  access: { accessToken: token, idToken: JWT, accountId: 'acct-1', expiresAt: NOW + 1 },
});

/** Access by folder of the profile, '' for the installation's. */
function refresher(outcomes: Readonly<Record<string, AccessOutcome>>): Refresher {
  return {
    access: async ({ folder = '' }) => outcomes[folder] ?? { status: 'absent' },
    renew: async ({ folder = '' }, rejected) =>
      rejected === 'stuck'
        ? { status: 'unavailable', reason: '500' }
        : access(`renewed ${folder} ${rejected}`),
  };
}

function resolve(
  provider: ModelProvider,
  secrets: Secrets = {},
  outcomes: Readonly<Record<string, AccessOutcome>> = {},
): Promise<Credential> {
  const paths = hostPaths(home);
  const store = createCredentialStore({ folder: paths.credentials });
  const logger = createLogger('silent');
  const now = () => NOW;
  const handOver = () => Promise.resolve();
  const resolveCredential = createResolveCredential({
    secrets,
    store,
    refresher: refresher(outcomes),
    containerAuth: createContainerAuth({ paths, store, handOver, now, logger }),
    mayHold: () => mayHold,
    findGroupApiKey: (folder) => findGroupApiKey(paths, folder),
    onKeyRefused: (key) => refused.push(key),
  });
  const ref = { provider, model: 'm' };
  const group = registeredGroupSchema.parse({ jid: '1@g.us', name: 'A', folder: 'a' });
  return resolveCredential(group, { ref, name: `${provider}/m`, agent: 'codex' });
}

function groupAuth(): unknown {
  return JSON.parse(readFileSync(join(hostPaths(home).codexHome('a'), 'auth.json'), 'utf8'));
}

function putGroupAuth(content: object): void {
  const folder = hostPaths(home).codexHome('a');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'auth.json'), JSON.stringify(content));
}

const all: Secrets = {
  ANTHROPIC_API_KEY: 'ak',
  CLAUDE_CODE_OAUTH_TOKEN: 'ct',
  OPENAI_API_KEY: 'ok',
};

test('a model is given the credential of its own provider and no other', async () => {
  expect(await resolve('anthropic', all)).toMatchObject({ secrets: { ANTHROPIC_API_KEY: 'ak' } });
  expect(await resolve('openai', all)).toMatchObject({ secrets: { OPENAI_API_KEY: 'ok' } });
  const signedIn = await resolve('openai-codex', all, { '': access('t') });
  expect(signedIn).toMatchObject({ ok: true, secrets: {}, codexAuth: 'chatgpt' });
});

test('a token of Claude counts when there is no key', async () => {
  const secrets = { CLAUDE_CODE_OAUTH_TOKEN: 'ct' };
  expect(await resolve('anthropic', secrets)).toMatchObject({ ok: true, secrets });
});

test('stored keys serve when the environment has none', async () => {
  const store = createCredentialStore({ folder: hostPaths(home).credentials });
  const stored = (key: string) => ({ v: 1, kind: 'api_key', key, savedAt: NOW }) as const;
  await store.write({ name: 'openai' }, stored('stored-openai'));
  await store.write({ name: 'anthropic' }, stored('stored-claude'));
  expect(await resolve('openai')).toMatchObject({ secrets: { OPENAI_API_KEY: 'stored-openai' } });
  expect(await resolve('anthropic')).toMatchObject({
    secrets: { ANTHROPIC_API_KEY: 'stored-claude' },
  });
  expect(await resolve('openai', all)).toMatchObject({ secrets: { OPENAI_API_KEY: 'ok' } });
});

test("a key in the group's own home counts last", async () => {
  putGroupAuth({ OPENAI_API_KEY: 'own' });
  expect(await resolve('openai')).toMatchObject({ secrets: { OPENAI_API_KEY: 'own' } });
  expect(await resolve('openai', all)).toMatchObject({ secrets: { OPENAI_API_KEY: 'ok' } });
});

test("a stored key that cannot be used gives way to one in the group's own home", async () => {
  const { credentials } = hostPaths(home);
  mkdirSync(credentials, { recursive: true });
  writeFileSync(join(credentials, 'openai.json'), '{"v":1,', { mode: 0o600 });
  expect(await resolve('openai')).toMatchObject({ ok: false, reason: 'broken' });
  putGroupAuth({ OPENAI_API_KEY: 'own' });
  expect(await resolve('openai')).toMatchObject({ secrets: { OPENAI_API_KEY: 'own' } });
});

test('the token that a logout has overtaken is taken away when the next run finds no sign-in', async () => {
  await resolve('openai-codex', {}, { '': access('left') });
  expect(await resolve('openai-codex')).toMatchObject({ ok: false, reason: 'missing' });
  expect(existsSync(join(hostPaths(home).codexHome('a'), 'auth.json'))).toBe(false);
});

test("the group's own sign-in comes before the installation's, and the container gets no refresh token", async () => {
  await resolve('openai-codex', {}, { a: access('own'), '': access('shared') });
  expect(groupAuth()).toMatchObject({ tokens: { access_token: 'own', refresh_token: '' } });
  await resolve('openai-codex', {}, { '': access('shared') });
  expect(groupAuth()).toMatchObject({ tokens: { access_token: 'shared', refresh_token: '' } });
});

test("a broken sign-in of the group leaves the installation's", async () => {
  const broken = { status: 'broken', reason: 'over', mend: 'sign in' } as const;
  expect(await resolve('openai-codex', {}, { a: broken, '': access('shared') })).toMatchObject({
    ok: true,
  });
  expect(await resolve('openai-codex', {}, { '': broken })).toMatchObject({
    ok: false,
    reason: 'broken',
    notice: expect.stringContaining('deckhand login codex'),
  });
});

test('a sign-in that cannot be renewed at the moment is no reason to sign in again', async () => {
  const outcomes = { '': { status: 'unavailable', reason: '500' } } as const;
  const broken = { status: 'broken', reason: 'over', mend: 'sign in' } as const;
  expect(await resolve('openai-codex', {}, { ...outcomes, a: broken })).toMatchObject({
    reason: 'unavailable',
  });
  const credential = await resolve('openai-codex', {}, outcomes);
  expect(credential).toMatchObject({ ok: false, reason: 'unavailable' });
  expect(credential.ok || credential.notice).not.toContain('login');
});

test('after a refusal the sign-in is renewed for the token that was refused', async () => {
  const credential = await resolve('openai-codex', {}, { '': access('t1') });
  expect(credential.ok && (await credential.onRefused())).toBe('renewed');
  // Also when the refresher told of it before this run had put the old one there.
  expect(groupAuth()).toMatchObject({ tokens: { access_token: 'renewed  t1' } });
});

test('a refused sign-in whose server cannot be used is not over', async () => {
  const credential = await resolve('openai-codex', {}, { '': access('stuck') });
  expect(credential.ok && (await credential.onRefused())).toBe('unavailable');
});

test('a refused key is reported by what tells it from its successor, without its value', async () => {
  const first = await resolve('openai', { OPENAI_API_KEY: 'sk-first' });
  expect(first.ok && (await first.onRefused())).toBe('over');
  const second = await resolve('openai', { OPENAI_API_KEY: 'sk-second' });
  expect(second.ok && (await second.onRefused())).toBe('over');
  expect(refused.map((key) => key.provider)).toEqual(['openai', 'openai']);
  expect(new Set(refused.map((key) => key.fingerprint)).size).toBe(2);
  expect(JSON.stringify(refused)).not.toContain('sk-');
});

test.each([
  ['openai-codex', 'deckhand login codex'],
  ['openai', 'OPENAI_API_KEY'],
  ['anthropic', 'ANTHROPIC_API_KEY'],
] as const)(
  '%s without any credential says in one sentence what mends it',
  async (provider, mend) => {
    const credential = await resolve(provider);
    expect(credential).toMatchObject({ ok: false, notice: expect.stringContaining(mend) });
  },
);

test('a container that may hold nothing is given no token, and one of before is taken away', async () => {
  await resolve('openai-codex', {}, { '': access('before') });
  mayHold = false;
  const credential = await resolve('openai-codex', {}, { '': access('now') });
  expect(existsSync(join(hostPaths(home).codexHome('a'), 'auth.json'))).toBe(false);
  expect(credential.ok && (await credential.signIn?.())).toMatchObject({ accessToken: 'now' });
  expect(credential.ok && (await credential.onRefused('later'))).toBe('renewed');
  expect(existsSync(join(hostPaths(home).codexHome('a'), 'auth.json'))).toBe(false);
});

test('a key in the home of a group whose container may hold nothing is taken out and still counts', async () => {
  mayHold = false;
  putGroupAuth({ OPENAI_API_KEY: 'own' });
  for (let run = 1; run <= 2; run++)
    expect(await resolve('openai')).toMatchObject({ secrets: { OPENAI_API_KEY: 'own' } });
  expect(existsSync(join(hostPaths(home).codexHome('a'), 'auth.json'))).toBe(false);
});

test('a sign-in is given as it is at the moment, and none when it is over', async () => {
  const outcomes: Record<string, AccessOutcome> = { '': access('first') };
  const credential = await resolve('openai-codex', {}, outcomes);
  outcomes[''] = access('second');
  expect(credential.ok && (await credential.signIn?.())).toMatchObject({ accessToken: 'second' });
  outcomes[''] = { status: 'broken', reason: 'over', mend: 'sign in' };
  expect(credential.ok && (await credential.signIn?.())).toBeUndefined();
});
