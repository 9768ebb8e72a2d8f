import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DOOR_SOCKET } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBase } from '../../src/app/base.ts';
import { systemNow } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { writePrivateFile } from '../../src/credentials/private-file.ts';
import { openDatabase } from '../../src/db/database.ts';
import { acquireInstanceLock } from '../../src/db/instance-lock.ts';
import { openDoorSocket } from '../../src/gateway/door-socket.ts';
import { prepareFolders } from '../../src/host-folders.ts';
import { RotatingLog } from '../../src/host-log/rotating-log.ts';
import { createLogger } from '../../src/logger.ts';
import { createSpool } from '../../src/media/spool.ts';
import { type HostPaths, hostPaths } from '../../src/paths.ts';
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

async function writeLog(folder: string): Promise<void> {
  const onTrouble = (error: Error) => expect.fail(String(error));
  await using log = new RotatingLog({ folder, now: systemNow, onTrouble });
  log.write('a line\n');
}

async function spoolFile(paths: HostPaths): Promise<void> {
  const group = paths.groupFolder('family');
  mkdirSync(group, { recursive: true });
  writeFileSync(join(group, 'file'), 'of an agent');
  const spool = createSpool({ root: paths.spool, logger: createLogger('silent') });
  expect(await spool.take(group, 'file', 100)).toMatchObject({ ok: true });
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
  await writeLog(paths.logs);
  await spoolFile(paths);
  expect(statSync(paths.data).mode & 0o777).toBe(0o700);
  expect(readdirSync(paths.data)).toContain('deckhand.db-wal');
  expect(readdirSync(paths.data)).toEqual(expect.arrayContaining(['logs', 'spool']));
  expect(readableToOthers(paths.data)).toEqual([]);
  lock[Symbol.dispose]();
  db.close();
});

test('T20: the door of a group is open to its container alone, in a folder that is closed to all others', async () => {
  const paths = hostPaths(home);
  await prepareFolders(paths);
  const ignore = () => undefined;
  await using _door = await openDoorSocket(paths.doorFolder('family'), ignore, ignore);
  expect(readableToOthers(paths.data)).toEqual([
    'gateway/family',
    join('gateway/family', DOOR_SOCKET),
  ]);
  expect(statSync(paths.gatewayRoot).mode & 0o777).toBe(0o700);
});

test('T20: what was open to others when the host starts is closed, which the log says once', async () => {
  const paths = hostPaths(home);
  const start = async () => {
    const lines: string[] = [];
    const logger = createLogger('info', { destination: { write: (line) => lines.push(line) } });
    await using stack = new AsyncDisposableStack();
    await openBase(loadConfig({ DECKHAND_HOME: home }, home), { logger }, stack);
    return lines.map((line) => JSON.parse(line)).map(({ path, mode, msg }) => [path, mode, msg]);
  };
  expect(await start()).toEqual([]);
  await ensureSecret(paths.gatewayKey);
  const outside = join(home, 'outside');
  writeFileSync(outside, '', { mode: 0o644 });
  symlinkSync(outside, paths.consoleToken);
  chmodSync(paths.gatewayKey, 0o640);
  chmodSync(paths.database, 0o666);
  chmodSync(paths.data, 0o755);
  const said = 'was open to other users and is closed again';
  expect(await start()).toEqual([
    ['data', '755', said],
    ['data/deckhand.db', '666', said],
    ['data/gateway.key', '640', said],
  ]);
  expect(readableToOthers(paths.data)).toEqual(['console.token']);
  expect(statSync(outside).mode & 0o777).toBe(0o644);
  expect(await start()).toEqual([]);
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
