import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CredentialStore } from './credential-store.ts';
import { createCredentialStore } from './file-credential-store.ts';
import type { ProfileId, SignIn, StoredCredential } from './stored-credential.ts';

const OWN: ProfileId = { name: 'openai-codex' };
const GROUP: ProfileId = { name: 'openai-codex', folder: 'team' };
const signIn: SignIn = {
  v: 1,
  kind: 'sign_in',
  accessToken: 'secret-access',
  refreshToken: 'secret-refresh',
  idToken: 'secret-id',
  accountId: 'acct',
  expiresAt: 2,
  refreshedAt: 1,
  signedInAt: 1,
  source: 'browser',
};
const apiKey: StoredCredential = { v: 1, kind: 'api_key', key: 'secret-key', savedAt: 1 };
const endless = new AbortController().signal;

let home = '';
let folder = '';
let path = '';
let store: CredentialStore;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'deckhand-store-'));
  folder = join(home, 'data', 'credentials');
  path = join(folder, 'openai-codex.json');
  store = createCredentialStore({ folder });
});
afterEach(() => rmSync(home, { recursive: true }));

const modeOf = (name: string) => (statSync(name).mode & 0o777).toString(8);

test('what was written is read, in files and folders for this user alone', async () => {
  await store.write(OWN, signIn);
  await store.write(GROUP, { ...signIn, plan: 'plus' });
  expect(await store.read(OWN)).toEqual({ status: 'found', credential: signIn });
  expect(await store.read(GROUP)).toEqual({
    status: 'found',
    credential: { ...signIn, plan: 'plus' },
  });
  const folders = [dirname(folder), folder, join(folder, 'groups'), join(folder, 'groups', 'team')];
  expect(folders.map(modeOf)).toEqual(['700', '700', '700', '700']);
  expect(modeOf(path)).toBe('600');
  expect(modeOf(join(folder, 'groups', 'team', 'openai-codex.json'))).toBe('600');
});

test('each profile is a file of its own', async () => {
  expect(await store.list()).toEqual([]);
  await store.write({ name: 'openai' }, apiKey);
  await store.write(OWN, signIn);
  await store.write(GROUP, signIn);
  expect(await store.list()).toEqual([OWN, { name: 'openai' }, GROUP]);
  expect(await store.remove(OWN)).toBe(true);
  expect(await store.remove(OWN)).toBe(false);
  expect(await store.read(OWN)).toEqual({ status: 'absent' });
  expect(await store.list()).toEqual([{ name: 'openai' }, GROUP]);
});

test('a folder that others could enter is closed by the next write', async () => {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  await store.write(OWN, signIn);
  expect(modeOf(folder)).toBe('700');
});

test('what a killed writer has left does no harm and goes with the next write', async () => {
  await store.write(OWN, signIn);
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const leftover = (pid: number) => join(folder, `.openai-codex.json.${pid}.0123456789abcdef.tmp`);
  writeFileSync(leftover(dead), '{"half');
  writeFileSync(leftover(process.ppid), '{"half');
  expect(await store.read(OWN)).toMatchObject({ status: 'found' });
  await store.write(OWN, { ...signIn, expiresAt: 3 });
  const hidden = readdirSync(folder).filter((name) => name.endsWith('.tmp'));
  expect(hidden).toEqual([`.openai-codex.json.${process.ppid}.0123456789abcdef.tmp`]);
});

test.each<[string, () => void, string, string]>([
  ['readable by others', () => chmodSync(path, 0o604), 'other users', 'chmod 600'],
  ['writable by the group', () => chmodSync(path, 0o620), 'other users', 'chmod 600'],
  ['truncated', () => writeFileSync(path, '{"v":1,"kind":"si'), 'not JSON', 'login codex'],
  ['empty', () => writeFileSync(path, ''), 'not JSON', 'login codex'],
  ['of another program', () => writeFileSync(path, '{"tokens":{}}'), 'format', 'login codex'],
  [
    'without a refresh token',
    () => writeFileSync(path, JSON.stringify({ ...signIn, refreshToken: undefined })),
    'refreshToken',
    'login codex',
  ],
  [
    'of another profile',
    () => writeFileSync(path, JSON.stringify(apiKey)),
    'another kind of credential',
    'login codex',
  ],
  ['too large', () => writeFileSync(path, 'x'.repeat(300_000)), 'larger than', 'login codex'],
  ['of two names', () => linkSync(path, join(home, 'second')), 'second name', 'login codex'],
  [
    'a link',
    () => {
      rmSync(path);
      writeFileSync(join(home, 'elsewhere'), JSON.stringify(signIn), { mode: 0o600 });
      symlinkSync(join(home, 'elsewhere'), path);
    },
    'is a link',
    'login codex',
  ],
  [
    'a pipe',
    () => {
      rmSync(path);
      execFileSync('mkfifo', ['-m', '600', path]);
    },
    'not a regular file',
    'login codex',
  ],
])(
  'a file that is %s is not used, is left as it is, and the person is told what to do',
  async (_, spoil, reason, mend) => {
    await store.write(OWN, signIn);
    spoil();
    const before = statSync(path);
    const read = await store.read(OWN);
    expect(read).toMatchObject({
      status: 'unusable',
      reason: expect.stringContaining(reason),
      mend: expect.stringContaining(mend),
    });
    expect(JSON.stringify(read)).not.toContain('secret-');
    const { ino, size, mode } = statSync(path);
    expect({ ino, size, mode }).toEqual({ ino: before.ino, size: before.size, mode: before.mode });
  },
);

test.runIf(process.getuid?.() === 0)('a file of another user is not used', async () => {
  await store.write(OWN, signIn);
  chownSync(path, 12_345, 12_345);
  expect(await store.read(OWN)).toMatchObject({
    status: 'unusable',
    reason: expect.stringContaining('another user'),
  });
});

test('a new sign-in takes the place of an unusable file, whatever it is', async () => {
  await store.write(OWN, signIn);
  rmSync(path);
  const elsewhere = join(home, 'elsewhere');
  writeFileSync(elsewhere, 'kept');
  symlinkSync(elsewhere, path);
  await store.write(OWN, signIn);
  expect(await store.read(OWN)).toMatchObject({ status: 'found' });
  expect(readFileSync(elsewhere, 'utf8')).toBe('kept');
});

test('a folder name that leads elsewhere is a bug', async () => {
  await expect(store.write({ name: 'openai', folder: '../x' }, apiKey)).rejects.toThrow('letters');
});

test('work under the lock of a profile is done one after the other, that of others beside it', async () => {
  const first = Promise.withResolvers<void>();
  const order: string[] = [];
  const holder = store.withLock(OWN, endless, async () => {
    await first.promise;
    order.push('first');
  });
  const second = store.withLock(OWN, endless, async () => void order.push('second'));
  await store.withLock(GROUP, endless, async () => void order.push('group'));
  first.resolve();
  await Promise.all([holder, second]);
  expect(order).toEqual(['group', 'first', 'second']);
});

test('who asks first in this process has the lock first, however many there are', async () => {
  const order: number[] = [];
  const asked = Array.from({ length: 40 }, (_, index) =>
    store.withLock(OWN, endless, async () => void order.push(index)),
  );
  await Promise.all(asked);
  expect(order).toEqual(asked.map((_, index) => index));
});

test('work that fails lets go of the lock', async () => {
  const work = () => Promise.reject(new Error('it failed'));
  await expect(store.withLock(OWN, endless, work)).rejects.toThrow('it failed');
  expect(await store.withLock(OWN, endless, async () => 'done')).toBe('done');
});

test('who waits for the lock stops waiting with the signal, here and behind another store', async () => {
  const release = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holder = store.withLock(OWN, endless, async () => {
    held.resolve();
    await release.promise;
  });
  await held.promise;
  for (const other of [store, createCredentialStore({ folder })]) {
    const stop = new AbortController();
    const waiting = other.withLock(OWN, stop.signal, async () => 'never');
    stop.abort(new Error('no longer'));
    await expect(waiting).rejects.toThrow('no longer');
  }
  release.resolve();
  await holder;
  expect(await store.withLock(OWN, endless, async () => 'free')).toBe('free');
});

test('a process that is killed under the lock lets go of it', async () => {
  const module = new URL('./file-credential-store.ts', import.meta.url).href;
  const script = `import { createCredentialStore } from ${JSON.stringify(module)};
    await createCredentialStore({ folder: ${JSON.stringify(folder)} }).withLock(
      { name: 'openai-codex' }, new AbortController().signal,
      async () => process.kill(process.pid, 'SIGKILL'));`;
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  expect(signal).toBe('SIGKILL');
  expect(await store.withLock(OWN, endless, async () => 'free')).toBe('free');
});
