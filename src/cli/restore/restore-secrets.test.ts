import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Db, openDatabase, openDatabaseReadonly } from '../../db/database.ts';
import { installationId } from '../../db/settings.ts';
import { fillInstallation, SECRET_MARK } from '../backup/installation.fixture.ts';
import { type CliWorld, createCliWorld, linkAccount, NOW } from '../cli-world.fixture.ts';

const DAY_MS = 86_400_000;
const LATER = NOW + DAY_MS;

/** From which the archive comes, and into which it goes. */
let source: CliWorld;
let target: CliWorld;
let archive = '';
beforeEach(() => {
  source = createCliWorld();
  target = createCliWorld();
  fillInstallation(source);
  archive = join(source.home, 'backup.tar.gz');
});
afterEach(() => {
  source[Symbol.dispose]();
  target[Symbol.dispose]();
});

async function backUp(...options: string[]): Promise<void> {
  expect(await source.run('backup', archive, ...options)).toMatchObject({ code: 0, stderr: '' });
}

async function restore(...options: string[]) {
  const end = await target.runWith({ now: () => LATER }, 'restore', archive, ...options);
  expect(end).toMatchObject({ code: 0, stderr: '' });
  return end;
}

function read<T>(home: CliWorld, work: (db: Db) => T): T {
  const db = openDatabaseReadonly(home.paths.database);
  const value = work(db);
  db.close();
  return value;
}

test('present keys and credentials win over those of the backup, which are older', async () => {
  await backUp('--with-secrets');
  target.fill((db) => linkAccount(db, 'Present'));
  mkdirSync(target.paths.credentials, { mode: 0o700 });
  writeFileSync(join(target.paths.credentials, 'anthropic.json'), 'present', { mode: 0o600 });
  writeFileSync(join(target.home, '.env'), 'ASSISTANT_NAME=Present\n', { mode: 0o600 });
  const id = installationIdOf(target);
  await restore();
  const creds = read(target, (db) => db.prepare('select value from wa_creds').pluck().get());
  expect(String(creds)).toContain('Present');
  expect(read(target, (db) => db.prepare('select count(*) from wa_keys').pluck().get())).toBe(0);
  expect(readFileSync(join(target.paths.credentials, 'anthropic.json'), 'utf8')).toBe('present');
  expect(readFileSync(join(target.home, '.env'), 'utf8')).toBe('ASSISTANT_NAME=Present\n');
  expect(installationIdOf(target)).toBe(id);
});

test('on demand those of the backup are taken, and the former .env is kept', async () => {
  await backUp('--with-secrets');
  target.fill((db) => linkAccount(db, 'Present'));
  writeFileSync(join(target.home, '.env'), 'ASSISTANT_NAME=Present\n', { mode: 0o600 });
  const { stdout } = await restore('--with-secrets');
  expect(stdout).toContain('The link to WhatsApp is that of the backup.');
  const creds = read(target, (db) => db.prepare('select value from wa_creds').pluck().get());
  expect(String(creds)).toContain(SECRET_MARK);
  expect(readFileSync(join(target.home, '.env'), 'utf8')).toContain(SECRET_MARK);
  const former = readdirSync(target.home).filter((name) => name.startsWith('.env.before-restore'));
  expect(former).toHaveLength(1);
});

test('a backup without secrets does not end the present link', async () => {
  await backUp();
  target.fill((db) => linkAccount(db, 'Present'));
  const { stdout } = await restore('--with-secrets');
  expect(stdout).not.toContain('not linked');
  const creds = read(target, (db) => db.prepare('select value from wa_creds').pluck().get());
  expect(String(creds)).toContain('Present');
});

test('two installations on one machine do not get the same id', async () => {
  const id = installationIdOf(source);
  await backUp();
  await restore();
  expect(installationIdOf(target)).not.toBe(id);
});

function installationIdOf(home: CliWorld): string {
  const db = openDatabase(home.paths.database);
  const id = installationId(db);
  db.close();
  return id;
}
