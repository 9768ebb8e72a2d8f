import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, openDatabaseReadonly } from '../../db/database.ts';
import { acquireInstanceLock } from '../../db/instance-lock.ts';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';
import { FILES, fillInstallation, SECRET_MARK } from './installation.fixture.ts';

let world: CliWorld;
let archive = '';
beforeEach(() => {
  world = createCliWorld();
  archive = join(world.home, 'backup.tar.gz');
});
afterEach(() => world[Symbol.dispose]());

/** By the system's own program, which knows nothing of ours. */
function listArchive(): string[] {
  const listed = execFileSync('tar', ['--list', '--quoting-style=literal', '-zf', archive]);
  return listed
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

function extract(path: string): Buffer {
  return execFileSync('tar', ['-xzOf', archive, path], { maxBuffer: 1024 ** 3 });
}

test('what a killed backup has left goes with the next one, what one leaves that goes on stays', async () => {
  fillInstallation(world);
  // Linux gives no number above 4194304.
  const [abandoned, used] = [4_194_305, process.ppid].map((pid) =>
    join(world.home, `.deckhand-backup-${pid}-XYZabc`),
  );
  for (const folder of [abandoned!, used!]) mkdirSync(folder);
  await world.run('backup', archive);
  expect([existsSync(abandoned!), existsSync(used!)]).toEqual([false, true]);
});

test('what only has the name of a killed backup stays, and does not keep the next one from being made', async () => {
  fillInstallation(world);
  const foreign = join(world.home, '.deckhand-backup-4194305-link');
  symlinkSync(join(world.home, 'groups'), foreign);
  const { code } = await world.run('backup', archive);
  expect(code).toBe(0);
  expect(existsSync(foreign)).toBe(true);
});

test('a backup is one archive that other programs can read, for this user alone', async () => {
  fillInstallation(world);
  const { code, stdout, stderr } = await world.run('backup', archive);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n')[0]).toBe(archive);
  expect(stdout).toContain('no credentials, no .env and no keys');
  expect(statSync(archive).mode & 0o777).toBe(0o600);
  const names = listArchive();
  expect(names[0]).toBe('backup.json');
  expect(names.at(-1)).toBe('manifest.json');
  for (const path of Object.keys(FILES)) {
    if (!path.includes('\n')) expect(names).toContain(path);
  }
  expect(names).toContain('groups/family/empty-folder/');
  expect(extract('groups/family/CLAUDE.md').toString()).toBe('They like cats. 🐈\n');
});

test('without being asked it holds no secret, not even in a free page of the database', async () => {
  fillInstallation(world);
  await world.run('backup', archive);
  expect(gunzipSync(readFileSync(archive)).includes(SECRET_MARK)).toBe(false);
  const copy = join(world.home, 'copy.db');
  writeFileSync(copy, extract('data/deckhand.db'));
  const db = openDatabaseReadonly(copy);
  expect(db.prepare('select count(*) as keys from wa_keys').get()).toEqual({ keys: 0 });
  expect(db.prepare('select count(*) as texts from messages').get()).toEqual({ texts: 3 });
  db.close();
});

test('with secrets it says what that means', async () => {
  fillInstallation(world);
  const { stdout } = await world.run('backup', archive, '--with-secrets');
  expect(stdout).toMatch(/whoever has it can\s+read and write as you/);
  expect(listArchive()).toEqual(
    expect.arrayContaining(['.env', 'data/credentials/anthropic.json']),
  );
  expect(extract('data/deckhand.db').includes(SECRET_MARK)).toBe(true);
  const others = ['auth.json', '.credentials.json', 'console.token', 'host.log', 'ipc'];
  for (const name of others) expect(listArchive().join('\n')).not.toContain(name);
});

test('what a running host has committed is in it, what it has not is not', async () => {
  fillInstallation(world);
  using _lock = acquireInstanceLock(world.paths.lock);
  const host = openDatabase(world.paths.database);
  host.exec("insert into settings values ('committed', 'yes')");
  host.exec("begin immediate; insert into settings values ('open', 'yes')");
  const { code } = await world.run('backup', archive);
  host.exec('commit');
  host.close();
  expect(code).toBe(0);
  const copy = join(world.home, 'copy.db');
  writeFileSync(copy, extract('data/deckhand.db'));
  const db = openDatabaseReadonly(copy);
  const keys = db.prepare('select key from settings order by key').pluck().all();
  db.close();
  expect(keys).toContain('committed');
  expect(keys).not.toContain('open');
});

test('large files can stay out, and are named', async () => {
  fillInstallation(world);
  const { stdout } = await world.run('backup', archive, '--no-files', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    header: { files: false, secrets: false },
    leftOut: [{ path: 'groups/family/video.bin', reason: 'large' }],
  });
  expect(listArchive()).toContain('groups/family/CLAUDE.md');
  expect(listArchive()).not.toContain('groups/family/video.bin');
});

test('links and pipes that an agent has made are named and never followed', async () => {
  fillInstallation(world);
  const outside = join(world.home, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'key'), SECRET_MARK);
  const group = join(world.home, 'groups/family');
  symlinkSync(outside, join(group, 'folder-link'));
  symlinkSync(join(outside, 'key'), join(group, 'file-link'));
  symlinkSync(outside, join(world.home, 'data/claude/evil'));
  execFileSync('mkfifo', [join(group, 'pipe')]);
  const { code, stdout } = await world.run('backup', archive);
  expect(code).toBe(0);
  expect(stdout).toContain('groups/family/file-link: a link, which is never followed');
  expect(stdout).toContain('groups/family/pipe: neither file nor folder');
  expect(gunzipSync(readFileSync(archive)).includes(SECRET_MARK)).toBe(false);
});

test('a path that is too long to be unpacked elsewhere is named, and all else can be restored', async () => {
  fillInstallation(world);
  const names = Array.from({ length: 16 }, () => 'd'.repeat(200));
  const deep = join(world.home, 'groups/family', ...names);
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, 'x'), 'x');
  const { code, stdout } = await world.run('backup', archive);
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/d…: its path is too long\n/),
  });
  using target = createCliWorld();
  expect(await target.run('restore', archive)).toMatchObject({ code: 0, stderr: '' });
  expect(existsSync(join(target.home, 'groups/family', ...names.slice(0, 15)))).toBe(true);
});

test('a file that is there already is not replaced', async () => {
  fillInstallation(world);
  writeFileSync(archive, 'older');
  const { code, stderr } = await world.run('backup', archive);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `${archive} is there already. Choose another name or remove it.\n`,
  });
  expect(readFileSync(archive, 'utf8')).toBe('older');
});

test.for([
  ['nowhere/backup.tar.gz', /^Nothing can be written in .*Choose another place/],
  ['.env/backup.tar.gz', /^Nothing can be written in .*Choose another place/],
] as const)('a place that is none (%s) is said', async ([place, message]) => {
  fillInstallation(world);
  const { code, stderr } = await world.run('backup', join(world.home, place));
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) });
});

test('where nothing is set up there is nothing to back up', async () => {
  const { code, stderr } = await world.run('backup', archive);
  expect({ code, stderr }).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/nothing to back up/),
  });
  expect(existsSync(archive)).toBe(false);
});

test('a damaged database is said, and no archive pretends to hold it', async () => {
  fillInstallation(world);
  const bytes = readFileSync(world.paths.database);
  writeFileSync(world.paths.database, bytes.fill(0x55, 4096));
  const { code, stderr } = await world.run('backup', archive);
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/cannot be copied.*deckhand doctor/),
  });
  expect(existsSync(archive)).toBe(false);
});

test('Ctrl-C in the middle leaves nothing behind', async () => {
  fillInstallation(world);
  const before = readdirSync(world.home);
  const stop = new AbortController();
  const watcher = watch(world.home, { recursive: true }, (_event, name) => {
    if (name?.endsWith('/archive')) stop.abort();
  });
  const { code, stderr } = await world.runWith({ signal: stop.signal }, 'backup', archive);
  watcher.close();
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  expect(readdirSync(world.home)).toEqual(before);
});
