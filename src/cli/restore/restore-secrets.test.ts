import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../db/database.ts';
import { installationId } from '../../db/settings.ts';
import { SECRET_MARK } from '../backup/installation.fixture.ts';
import { type CliWorld, linkAccount } from '../cli-world.fixture.ts';
import { createRestorePair, type RestorePair, readRows } from './restore-pair.fixture.ts';

let pair: RestorePair;
let source: CliWorld;
let target: CliWorld;
beforeEach(() => {
  pair = createRestorePair();
  ({ source, target } = pair);
});
afterEach(() => pair[Symbol.dispose]());

test('present keys and credentials win over those of the backup, which are older', async () => {
  await pair.backUp('--with-secrets');
  target.fill((db) => linkAccount(db, 'Present'));
  mkdirSync(target.paths.credentials, { mode: 0o700 });
  writeFileSync(join(target.paths.credentials, 'anthropic.json'), 'present', { mode: 0o600 });
  writeFileSync(join(target.home, '.env'), 'ASSISTANT_NAME=Present\n', { mode: 0o600 });
  const id = installationIdOf(target);
  await pair.restore();
  const creds = readRows(target, (db) => db.prepare('select value from wa_creds').pluck().get());
  expect(String(creds)).toContain('Present');
  expect(readRows(target, (db) => db.prepare('select count(*) from wa_keys').pluck().get())).toBe(
    0,
  );
  expect(readFileSync(join(target.paths.credentials, 'anthropic.json'), 'utf8')).toBe('present');
  expect(readFileSync(join(target.home, '.env'), 'utf8')).toBe('ASSISTANT_NAME=Present\n');
  expect(installationIdOf(target)).toBe(id);
});

test('on demand those of the backup are taken, and the former .env is kept', async () => {
  await pair.backUp('--with-secrets');
  target.fill((db) => linkAccount(db, 'Present'));
  writeFileSync(join(target.home, '.env'), 'ASSISTANT_NAME=Present\n', { mode: 0o600 });
  const { stdout } = await pair.restore('--with-secrets');
  expect(stdout).toContain('The link to WhatsApp is that of the backup.');
  const creds = readRows(target, (db) => db.prepare('select value from wa_creds').pluck().get());
  expect(String(creds)).toContain(SECRET_MARK);
  expect(readFileSync(join(target.home, '.env'), 'utf8')).toContain(SECRET_MARK);
  const former = readdirSync(target.home).filter((name) => name.startsWith('.env.before-restore'));
  expect(former).toHaveLength(1);
});

test('a backup without secrets does not end the present link', async () => {
  await pair.backUp();
  target.fill((db) => linkAccount(db, 'Present'));
  const { stdout } = await pair.restore('--with-secrets');
  expect(stdout).not.toContain('not linked');
  const creds = readRows(target, (db) => db.prepare('select value from wa_creds').pluck().get());
  expect(String(creds)).toContain('Present');
});

test('two installations on one machine do not get the same id', async () => {
  const id = installationIdOf(source);
  await pair.backUp();
  await pair.restore();
  expect(installationIdOf(target)).not.toBe(id);
});

function installationIdOf(home: CliWorld): string {
  const db = openDatabase(home.paths.database);
  const id = installationId(db);
  db.close();
  return id;
}
