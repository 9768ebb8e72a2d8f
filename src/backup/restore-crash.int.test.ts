import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fillInstallation, takeInventory } from '../cli/backup/installation.fixture.ts';
import { type CliWorld, createCliWorld, PROJECT_ROOT } from '../cli/cli-world.fixture.ts';
import { prepareFolders } from '../host-folders.ts';
import { hostPaths } from '../paths.ts';

let source: CliWorld;
let archive = '';
beforeEach(async () => {
  source = createCliWorld();
  fillInstallation(source);
  archive = join(source.home, 'backup.tar.gz');
  await source.run('backup', archive, '--no-files');
});
afterEach(() => source[Symbol.dispose]());

/** Kills the restore at the n-th change that it makes in the home. True when it was done before. */
async function restoreUntilChange(home: string, count: number): Promise<boolean> {
  let changes = 0;
  const env = { PATH: process.env['PATH'], DECKHAND_HOME: home };
  const script = join(PROJECT_ROOT, 'bin', 'deckhand.js');
  const watcher = watch(home, { recursive: true }, () => {
    changes += 1;
    if (changes === count) child.kill('SIGKILL');
  });
  const child = spawn(process.execPath, [script, 'restore', archive], { env, stdio: 'ignore' });
  const [code]: unknown[] = await once(child, 'exit');
  watcher.close();
  return code === 0;
}

function which(home: string): { registrations: string; groups: string } {
  const isNew = readFileSync(join(home, 'data/registered_groups.json'), 'utf8').includes('family');
  const groups = readdirSync(join(home, 'groups')).join(' ');
  return { registrations: isNew ? 'new' : 'old', groups };
}

test('killed at any moment a restore leaves the old state or the new one, and can be done again', async () => {
  const seen = new Set<string>();
  for (let count = 1, isDone = false; !isDone; count = Math.ceil(count * 1.3)) {
    using world = createCliWorld();
    world.register({ '9@g.us': { name: 'Old', folder: 'old' } });
    world.fill(() => undefined);
    mkdirSync(join(world.home, 'groups/old'), { recursive: true });
    writeFileSync(join(world.home, 'groups/CLAUDE.md'), 'old');
    isDone = await restoreUntilChange(world.home, count);
    await prepareFolders(hostPaths(world.home));
    const state = which(world.home);
    const isNew = state.registrations === 'new';
    expect({ count, ...state }).toEqual({
      count,
      registrations: state.registrations,
      groups: isNew ? 'CLAUDE.md family' : 'CLAUDE.md old',
    });
    seen.add(state.registrations);
    if (isNew) continue;
    expect(await world.run('restore', archive)).toMatchObject({ code: 0, stderr: '' });
    const names = Object.keys(takeInventory(world.home));
    expect(names.filter((name) => name.startsWith('.deckhand-restore-'))).toEqual([]);
  }
  expect([...seen].sort()).toEqual(['new', 'old']);
});

test('into folders that are mounted nothing is restored, and all stays as it was', async () => {
  using world = createCliWorld();
  mkdirSync(join(world.home, 'groups'));
  world.fill(() => undefined);
  const before = Object.keys(takeInventory(world.home));
  const script = `mount -t tmpfs none "$1/groups" && exec "$2" "$3" restore "$4"`;
  const deckhand = join(PROJECT_ROOT, 'bin', 'deckhand.js');
  const words = ['sh', world.home, process.execPath, deckhand, archive];
  const env = { PATH: process.env['PATH'], DECKHAND_HOME: world.home };
  const ends = promisify(execFile)(
    'unshare',
    ['--map-root-user', '--mount', 'sh', '-c', script, ...words],
    { env },
  );
  await expect(ends).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/groups is mounted there and cannot be moved aside\. Restore /),
  });
  const left = Object.keys(takeInventory(world.home));
  expect(left.filter((name) => name !== 'data/deckhand.lock')).toEqual(before);
});
