import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../db/database.ts';
import { acquireInstanceLock } from '../../db/instance-lock.ts';
import { migrations } from '../../db/migrations/index.ts';
import { FILES, takeInventory } from '../backup/installation.fixture.ts';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';
import { createRestorePair, LATER, type RestorePair, readRows } from './restore-pair.fixture.ts';

let pair: RestorePair;
let source: CliWorld;
let target: CliWorld;
beforeEach(() => {
  pair = createRestorePair();
  ({ source, target } = pair);
});
afterEach(() => pair[Symbol.dispose]());

function states(table: string): unknown[] {
  return readRows(target, (db) =>
    db.prepare(`select distinct state from ${table} order by state`).pluck().all(),
  );
}

test('into a fresh folder everything comes back as it was, with its permissions', async () => {
  await pair.backUp('--with-secrets');
  rmSync(target.home, { recursive: true });
  await pair.restore();
  const restored = takeInventory(target.home);
  const original = takeInventory(source.home);
  for (const path of [...Object.keys(FILES), 'groups/family/empty-folder', '.env']) {
    expect({ path, is: restored[path] }).toEqual({ path, is: original[path] });
  }
  expect(restored['data']).toBe('700');
  expect(restored['data/credentials/anthropic.json']).toMatch(/^600 /);
  expect(readFileSync(target.paths.registrations)).toEqual(
    readFileSync(source.paths.registrations),
  );
  expect(
    readRows(target, (db) => db.prepare('select id from messages order by seq').pluck().all()),
  ).toEqual(['claimed', 'waiting', 'talk']);
  const left = readdirSync(target.home).filter((name) => name.includes('before-restore'));
  expect(left).toEqual([]);
});

test('doctor finds nothing wrong that was not wrong before', async () => {
  await pair.backUp();
  await pair.restore();
  const checks = ['database', 'permissions', 'registrations', 'configuration'];
  const findings = async (home: CliWorld) => {
    const { stdout } = await home.run('doctor', '--json', '--offline', '--quick');
    const all: { check: string; status: string }[] = JSON.parse(stdout).findings;
    return all.filter(({ check }) => checks.includes(check.split('.')[0] ?? ''));
  };
  const after = await findings(target);
  expect(after.length).toBeGreaterThanOrEqual(3);
  expect(after.filter(({ status }) => status !== 'ok')).toEqual([]);
});

test('the former state is moved aside whole', async () => {
  await pair.backUp();
  target.register({ '9@g.us': { name: 'Old', folder: 'old' } });
  target.fill(() => undefined);
  mkdirSync(join(target.home, 'groups/old'), { recursive: true });
  writeFileSync(join(target.home, 'groups/old/CLAUDE.md'), 'old memory');
  const before = takeInventory(target.home);
  const { stdout } = await pair.restore();
  const aside = 'before-restore-2026-12-02T12-00-00';
  expect(stdout).toContain(`\n  ${join(target.home, `data.${aside}`)}\n`);
  const data = takeInventory(join(target.home, `data.${aside}`));
  for (const name of ['deckhand.db', 'registered_groups.json']) {
    expect(data[name]).toBe(before[`data/${name}`]);
  }
  expect(readFileSync(join(target.home, `groups.${aside}`, 'old/CLAUDE.md'), 'utf8')).toBe(
    'old memory',
  );
  expect(existsSync(join(target.home, 'groups/old'))).toBe(false);
});

test('nothing that waited is answered, sent or run again', async () => {
  await pair.backUp();
  const { stdout } = await pair.restore();
  expect(stdout.replaceAll('\n', ' ')).toContain(
    'Not done, because it may have been done since the backup: 2 questions, 1 unsent message, 2 runs of tasks.',
  );
  expect(states('messages')).toEqual(['consumed', 'context']);
  expect(states('outbox')).toEqual(['rejected']);
  expect(states('runs')).toEqual(['cancelled']);
  const tasks = readRows(target, (db) =>
    db.prepare('select id, status, next_run_at as next from tasks order by id').all(),
  );
  expect(tasks).toEqual([
    { id: 'hourly', status: 'active', next: LATER + 3_600_000 },
    { id: 'once', status: 'done', next: null },
  ]);
  const { stdout: why } = await target.run('why', 'waiting');
  expect(why).toContain('came in too late');
});

test('on demand what waited still waits', async () => {
  await pair.backUp();
  const { stdout } = await pair.restore('--keep-pending');
  expect(stdout).not.toContain('Not done');
  expect(states('messages')).toEqual(['claimed', 'context', 'pending']);
  expect(states('outbox')).toEqual(['pending']);
  expect(states('runs')).toEqual(['running']);
});

test('a present database that is damaged is no obstacle', async () => {
  await pair.backUp();
  target.fill(() => undefined);
  writeFileSync(target.paths.database, 'x'.repeat(8192));
  await pair.restore();
  expect(states('messages')).not.toEqual([]);
});

test('while a host runs nothing is restored', async () => {
  await pair.backUp();
  target.fill(() => undefined);
  const before = takeInventory(target.home);
  const host = acquireInstanceLock(target.paths.lock);
  const { code, stderr } = await target.run('restore', pair.archive);
  host[Symbol.dispose]();
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: 'Another Deckhand host is running with this data folder. Stop it first.\n',
  });
  expect(takeInventory(target.home)).toMatchObject(before);
});

test('a backup of an older schema is brought up to date', async () => {
  const older = createCliWorld();
  mkdirSync(older.paths.data);
  openDatabase(older.paths.database, migrations.slice(0, 1)).close();
  pair.archive = join(older.home, 'backup.tar.gz');
  const { stdout } = await older.run('backup', pair.archive, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ header: { schema: 1 } });
  await pair.restore();
  older[Symbol.dispose]();
  const schema = readRows(target, (db) => Number(db.pragma('user_version', { simple: true })));
  expect(schema).toBe(migrations.at(-1)?.version);
  expect(readdirSync(target.paths.data).filter((name) => name.includes('schema'))).toEqual([]);
});

test('stages that killed restores have left are removed', async () => {
  await pair.backUp();
  mkdirSync(join(target.home, '.deckhand-restore-XYZabc'));
  await pair.restore();
  expect(existsSync(join(target.home, '.deckhand-restore-XYZabc'))).toBe(false);
});

test('Ctrl-C in the middle leaves everything as it was', async () => {
  await pair.backUp();
  target.register({ '9@g.us': { name: 'Old', folder: 'old' } });
  const before = takeInventory(target.home);
  const stop = new AbortController();
  const watcher = watch(target.home, { recursive: true }, (_event, name) => {
    if (name?.endsWith('video.bin')) stop.abort();
  });
  const { code, stderr } = await target.runWith({ signal: stop.signal }, 'restore', pair.archive);
  watcher.close();
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  const after = takeInventory(target.home);
  delete after['data/deckhand.lock'];
  expect(after).toEqual(before);
});

test('after a restore that was killed between two renames every command finds the new state', async () => {
  target.register({ '9@g.us': { name: 'Restored', folder: 'restored' } });
  const stage = '.deckhand-restore-x';
  mkdirSync(join(target.home, stage));
  renameSync(target.paths.data, join(target.home, stage, 'data'));
  const steps = [
    { kind: 'aside', from: 'data', to: 'data.old' },
    { kind: 'in', from: `${stage}/data`, to: 'data' },
  ];
  writeFileSync(join(target.home, '.deckhand-restore.json'), JSON.stringify({ stage, steps }));
  mkdirSync(join(target.home, 'data.old'));
  const { code, stdout } = await target.run('groups', 'list');
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('Restored') });
  expect(existsSync(join(target.home, stage))).toBe(false);
});

test('a file that is not there is said, and nothing is made for it', async () => {
  const { code, stderr } = await target.run('restore', join(target.home, 'nowhere.tar.gz'));
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^There is no file /),
  });
  expect(readdirSync(target.home)).toEqual([]);
});
