import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { groupsSnapshotSchema, SNAPSHOT_FILES, tasksSnapshotSchema } from '@deckhand/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planTask } from '../core/task.ts';
import { createChats } from '../db/chats.ts';
import { createTasks } from '../db/tasks.ts';
import { MailboxFolderTree } from './mailbox-folder.ts';
import { FAMILY, MAIN, MailboxWorld, WORK } from './mailbox-world.fixture.ts';
import { Quarantine } from './quarantine.ts';
import { createSnapshots, type Snapshots } from './snapshots.ts';

const run = promisify(execFile);
const NOW = Date.UTC(2026, 10, 21, 11);

let world: MailboxWorld;
let snapshots: Snapshots;

beforeEach(async () => {
  world = await MailboxWorld.create();
  const quarantine = new Quarantine(world.paths.quarantineRoot, () => NOW);
  snapshots = createSnapshots({
    treeOf: (folder) => new MailboxFolderTree(world.paths.ipcRoot, folder, quarantine),
    tasks: createTasks(world.db),
    chats: createChats(world.db),
    groups: {
      all: () => world.groups,
      get: (jid) => world.groups.find((group) => group.jid === jid),
      byFolder: (folder) => world.groups.find((group) => group.folder === folder),
    },
    now: () => NOW,
  });
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

function addTask(id: string, group = FAMILY, prompt = 'Say hello'): void {
  const planned = planTask(
    { prompt, scheduleType: 'cron', scheduleValue: '0 9 * * 1', contextMode: 'group' },
    { now: NOW, timeZone: 'Europe/Berlin' },
  );
  if (!planned.ok) throw new Error(planned.error);
  const { folder, jid: chatJid } = group;
  const nextRunAt = planned.nextRuns[0] ?? 0;
  createTasks(world.db).insert(planned.plan, {
    id,
    folder,
    chatJid,
    createdBy: 'cli',
    nextRunAt,
    now: NOW,
  });
}

const pathOf = (folder: string, name: string) => join(world.paths.ipc(folder), name);
const tasksOf = async (folder: string) =>
  tasksSnapshotSchema.parse(
    JSON.parse(await readFile(pathOf(folder, 'current_tasks.json'), 'utf8')),
  );

describe('current_tasks.json', () => {
  it('shows a group its own active and paused tasks, and main those of all', async () => {
    addTask('a');
    addTask('b');
    addTask('c', WORK);
    createTasks(world.db).setStatus('b', { status: 'cancelled' }, NOW);
    for (const { folder } of [MAIN, FAMILY, WORK]) await snapshots.write(folder);
    expect(await tasksOf('family')).toEqual([
      {
        id: 'a',
        groupFolder: 'family',
        prompt: 'Say hello',
        schedule_type: 'cron',
        schedule_value: '0 9 * * 1',
        context_mode: 'group',
        status: 'active',
        next_run: '2026-11-23T08:00:00.000Z',
        timeZone: 'Europe/Berlin',
        nextRuns: expect.arrayContaining(['Mon 2026-11-23 09:00']),
        hasScript: false,
      },
    ]);
    expect((await tasksOf('work')).map(({ id }) => id)).toEqual(['c']);
    expect((await tasksOf('main')).map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('follows a change for the group and for main', async () => {
    await snapshots.writeTasks('family');
    addTask('a');
    await snapshots.writeTasks('family');
    expect([await tasksOf('family'), await tasksOf('main')].map((tasks) => tasks.length)).toEqual([
      1, 1,
    ]);
    await expect(lstat(pathOf('work', 'current_tasks.json'))).rejects.toThrow(/ENOENT/);
  });

  it('holds the newest state when many changes come at once, and leaves no litter', async () => {
    const writes = Array.from({ length: 20 }, (_, index) => {
      addTask(`t${index}`);
      return snapshots.writeTasks('family');
    });
    await Promise.all(writes);
    expect(await tasksOf('family')).toHaveLength(20);
    expect(await readdir(world.paths.ipc('family'))).toEqual(['current_tasks.json']);
  });

  it('gives main the start of long prompts of other groups', async () => {
    addTask('a', FAMILY, 'x'.repeat(16_000));
    await snapshots.write('main');
    expect((await tasksOf('main'))[0]?.prompt).toHaveLength(1_000);
  });

  it.each<[string, (path: string, target: string) => Promise<unknown>]>([
    ['a link', (path, target) => symlink(target, path)],
    ['a pipe', (path) => run('mkfifo', [path])],
    ['a full folder', (path) => mkdir(join(path, 'full'), { recursive: true })],
  ])('takes the place of %s that an agent has planted', async (_what, plant) => {
    const target = join(world.paths.home, 'target');
    await writeFile(target, 'untouched');
    await mkdir(world.paths.ipc('family'), { recursive: true });
    await plant(pathOf('family', SNAPSHOT_FILES.tasks), target);
    await snapshots.write('family');
    expect(await tasksOf('family')).toEqual([]);
    expect((await lstat(pathOf('family', SNAPSHOT_FILES.tasks))).isFile()).toBe(true);
    expect(await readFile(target, 'utf8')).toBe('untouched');
  });

  it('is not written for a group that is not registered', async () => {
    world.groups = [MAIN];
    await snapshots.write('family');
    await expect(lstat(world.paths.ipc('family'))).rejects.toThrow(/ENOENT/);
  });
});

describe('available_groups.json', () => {
  it('is for main alone and is taken from a group that is main no more', async () => {
    createChats(world.db).rename([{ jid: '9@g.us', name: 'Chess club' }]);
    await mkdir(world.paths.ipc('family'), { recursive: true });
    await writeFile(pathOf('family', SNAPSHOT_FILES.groups), 'of an earlier time');
    await snapshots.write('main');
    await snapshots.write('family');
    const text = await readFile(pathOf('main', SNAPSHOT_FILES.groups), 'utf8');
    expect(groupsSnapshotSchema.parse(JSON.parse(text))).toEqual({
      groups: [
        { jid: '9@g.us', name: 'Chess club', lastActivity: null, isRegistered: false },
        ...[MAIN, FAMILY, WORK].map(({ jid, name }) => ({
          jid,
          name,
          lastActivity: null,
          isRegistered: true,
        })),
      ],
      lastSync: '2026-11-21T11:00:00.000Z',
    });
    expect(await readdir(world.paths.ipc('family'))).toEqual(['current_tasks.json']);
  });

  it('is removed whatever an agent has made of it', async () => {
    await mkdir(join(pathOf('family', SNAPSHOT_FILES.groups), 'full'), { recursive: true });
    await snapshots.write('family');
    expect(await readdir(world.paths.ipc('family'))).toEqual(['current_tasks.json']);
  });
});
