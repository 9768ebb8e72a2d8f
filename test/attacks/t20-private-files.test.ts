import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemNow } from '../../src/clock.ts';
import { writePrivateFile } from '../../src/credentials/private-file.ts';
import { openDatabase } from '../../src/db/database.ts';
import { acquireInstanceLock } from '../../src/db/instance-lock.ts';
import { prepareFolders } from '../../src/host-folders.ts';
import { createLogger } from '../../src/logger.ts';
import { hostPaths } from '../../src/paths.ts';
import { createRegistrations } from '../../src/registrations/registrations.ts';
import { ensureSecret } from '../../src/secret-file.ts';

let home = '';
let umask = 0;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'deckhand-modes-'));
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
  rmSync(home, { recursive: true });
});

/** What other users of the machine may read, below a folder. */
function readableToOthers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => (statSync(path).mode & 0o077) !== 0)
    .map((path) => relative(folder, path));
}

test('T20: what the host writes is for its owner alone, under any mask', async () => {
  const paths = hostPaths(home);
  await prepareFolders(paths);
  const db = openDatabase(paths.database);
  db.exec('create table probe (a text)');
  const lock = acquireInstanceLock(paths.lock);
  mkdirSync(paths.credentials, { mode: 0o700 });
  await writePrivateFile(join(paths.credentials, 'openai.json'), '{}');
  await ensureSecret(paths.consoleToken);
  await ensureSecret(paths.gatewayKey);
  const logger = createLogger('silent');
  await using registrations = await createRegistrations({
    path: paths.registrations,
    logger,
    now: systemNow,
  });
  expect(registrations.all()).toEqual([]);
  expect(statSync(paths.data).mode & 0o777).toBe(0o700);
  expect(readdirSync(paths.data)).toContain('deckhand.db-wal');
  expect(readableToOthers(paths.data)).toEqual([]);
  lock[Symbol.dispose]();
  db.close();
});

test('T20: a folder that was opened to others is closed again at the start', async () => {
  const paths = hostPaths(home);
  await prepareFolders(paths);
  chmodSync(paths.data, 0o777);
  await prepareFolders(paths);
  expect(statSync(paths.data).mode & 0o777).toBe(0o700);
});

test('T20: a database that was opened to others is closed again when it is opened', () => {
  const path = join(home, 'deckhand.db');
  openDatabase(path).close();
  chmodSync(path, 0o666);
  openDatabase(path).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
