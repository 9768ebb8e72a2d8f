import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/db/database.ts';
import { isErrno } from '../../../src/errno.ts';
import { hostPaths } from '../../../src/paths.ts';
import { FaultWorld, written } from './fault-world.fixture.ts';

/** The arguments are the mount point, the folder of the host, Node and the program. */
const SCRIPT = `
mount -t tmpfs -o size=24m none "$1"
cp -a "$2/data" "$2/groups" "$1/"
exec "$3" "$4"`;

const QUESTIONS = Array.from({ length: 10 }, (_, index) => `q${index}`);

/** A host whose folder lies on a disk of its own, small enough to be filled. */
async function startOnSmallDisk(world: FaultWorld): Promise<{ host: ChildProcess; home: string }> {
  const { home } = world.loopback.config;
  const disk = join(home, 'disk');
  await mkdir(disk);
  const words = ['sh', disk, home, process.execPath, join(import.meta.dirname, 'doomed-host.ts')];
  const host = spawn('unshare', ['--map-root-user', '--mount', 'sh', '-c', SCRIPT, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DECKHAND_HOME: disk,
      DECKHAND_RUNTIME: 'process',
      WHATSAPP_URL: world.whatsapp.url,
      ANTHROPIC_API_KEY: 'loopback-key',
      RECEIPTS: 'off',
      RATE_LIMIT_SENDER: 'off',
      RATE_LIMIT_GROUP: 'off',
      TZ: 'UTC',
    },
  });
  onTestFinished(() => void host.kill('SIGKILL'));
  await world.whatsapp.waitForConnection();
  return { host, home: join('/proc', String(host.pid), 'root', disk) };
}

/** Takes all that is left of the disk. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    const chunk = Buffer.alloc(4_096);
    for (;;) await file.write(chunk);
  } catch (error) {
    if (!isErrno(error, 'ENOSPC')) throw error;
  } finally {
    await file.close();
  }
}

/**
 * Ids of what the host holds, in its inbox or between decryption and inbox. Read from a copy: SQLite follows links, and
 * the one in /proc would lead it to this side of the mount.
 */
async function kept(home: string): Promise<Set<unknown>> {
  const folder = await mkdtemp(join(tmpdir(), 'deckhand-copy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const copy = join(folder, 'deckhand.db');
  const { database } = hostPaths(home);
  for (const suffix of ['', '-wal']) await copyFile(`${database}${suffix}`, `${copy}${suffix}`);
  const db = openDatabase(copy);
  const ids = db
    .prepare('select id from messages union select message_id from wa_journal')
    .pluck()
    .all();
  db.close();
  return new Set(ids);
}

test('while the disk is full nothing is receipted that is not stored, and all is answered once when there is room', async () => {
  await using world = await FaultWorld.open();
  await world.startHost();
  const group = await world.addGroup('family');
  await world.ask(group, 'qfirst');
  await world.waitForAnswer('qfirst');
  await world.stopHost();

  const { host, home } = await startOnSmallDisk(world);
  await world.whatsapp.waitForQuiet();
  await fill(join(home, 'ballast'));
  const { connections } = world.whatsapp.counts;
  const ids: string[] = [];
  for (const question of QUESTIONS) ids.push((await world.ask(group, question)).id);
  await world.whatsapp.waitForCounts((counts) => counts.connections >= connections + 2);
  const receipted = world.ana.receipts.filter(({ id }) => ids.includes(id)).map(({ id }) => id);
  expect((await kept(home)).isSupersetOf(new Set(receipted))).toBe(true);
  expect(receipted.length).toBeLessThan(ids.length);
  expect(written(world.bob)).toEqual(['heard qfirst']);
  expect(host.exitCode).toBeNull();

  await rm(join(home, 'ballast'));
  await Promise.all(QUESTIONS.map((question) => world.waitForAnswer(question)));
  await world.whatsapp.waitForQuiet();
  expect(QUESTIONS.filter((question) => world.countAnswers(question) !== 1)).toEqual([]);
  expect((await kept(home)).isSupersetOf(new Set(ids))).toBe(true);
  host.kill('SIGTERM');
  expect(await once(host, 'exit')).toEqual([0, null]);
});
