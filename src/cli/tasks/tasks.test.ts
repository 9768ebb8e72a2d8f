import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { acquireInstanceLock } from '../../db/instance-lock.ts';
import { createTaskRuns } from '../../db/task-runs.ts';
import { type CliWorld, createCliWorld, NOW } from '../cli-world.fixture.ts';

const task = z.object({
  id: z.string(),
  status: z.string(),
  nextRunAt: z.number().nullable(),
  nextRunsLocal: z.array(z.string()),
  script: z.string().optional(),
  contextMode: z.string(),
  timeZone: z.string(),
});
const oneTask = z.object({ task });
const allTasks = z.object({ tasks: z.array(task) });

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
  world.register({ '1@g.us': { name: 'Crew', folder: 'crew', timeZone: 'Europe/Berlin' } });
  world.fill(() => undefined);
});
afterEach(() => world[Symbol.dispose]());

async function add(...options: string[]) {
  const { code, stdout, stderr } = await world.run('tasks', 'add', 'crew', '--json', ...options);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return oneTask.parse(JSON.parse(stdout)).task;
}

async function list(...options: string[]) {
  const { stdout } = await world.run('tasks', 'list', '--json', ...options);
  return allTasks.parse(JSON.parse(stdout)).tasks;
}

const morning = ['--prompt', 'Good morning', '--cron', '0 9 * * *'];

test("a task is added in the group's zone and listed with its next five times", async () => {
  const added = await add(...morning, '--isolated');
  expect(added).toMatchObject({ status: 'active', contextMode: 'isolated' });
  expect(added.timeZone).toBe('Europe/Berlin');
  expect(added.nextRunAt).toBe(Date.UTC(2026, 11, 2, 8));
  expect(added.nextRunsLocal[0]).toBe('Wed 2026-12-02 09:00');
  expect(added.nextRunsLocal).toHaveLength(5);
  expect(await list()).toEqual([added]);
  expect(await list('--group', 'other')).toEqual([]);
  const { stdout } = await world.run('tasks', 'show', added.id);
  expect(stdout).toContain('cron 0 9 * * * (Europe/Berlin)');
  expect(stdout).toContain('  Sun 2026-12-06 09:00\n');
});

test('a script is read from its file, and a dry run schedules nothing', async () => {
  const path = join(world.home, 'check.sh');
  writeFileSync(path, `echo '{"wakeAgent":false}'\n`);
  const dry = await add('--prompt', 'x', '--every', '2h', '--script', path, '--dry-run');
  expect(dry.script).toContain('wakeAgent');
  expect(await list()).toEqual([]);
});

test.each([
  ['a bad schedule', ['--prompt', 'x', '--cron', '0 0 9 * * *'], /five fields/],
  ['a day that does not exist', ['--prompt', 'x', '--at', '2027-02-30T09:00'], /no day/],
  ['two schedules', [...morning, '--every', '1h'], /one of --cron/],
  ['no schedule', ['--prompt', 'x'], /one of --cron/],
  ['a missing script', [...morning, '--script', '/nowhere/x.sh'], /cannot be read/],
])('%s is refused and nothing is stored', async (_name, options, reason) => {
  const { code, stderr } = await world.run('tasks', 'add', 'crew', ...options);
  expect(code).toBe(2);
  expect(stderr).toMatch(reason);
  expect(await list('--all')).toEqual([]);
});

test('a task is paused, resumed, run and cancelled, and then it is over', async () => {
  const { id } = await add(...morning);
  const act = async (name: string) => {
    const { code, stdout } = await world.run('tasks', name, id, '--json');
    return code === 0 ? oneTask.parse(JSON.parse(stdout)).task.status : code;
  };
  expect(await act('pause')).toBe('paused');
  expect(await act('run')).toBe('paused');
  expect(await act('run')).toBe(1);
  expect(await act('resume')).toBe('active');
  expect(await act('cancel')).toBe('cancelled');
  expect(await act('resume')).toBe(2);
  expect(await list()).toEqual([]);
  expect(await list('--all')).toHaveLength(1);
});

test('the history tells outcome, duration, tokens and reason of each time', async () => {
  const { id } = await add(...morning);
  world.fill((db) => {
    const runs = createTaskRuns(db);
    runs.claim({ taskId: id, scheduledFor: NOW, now: NOW });
    const slot = runs.openOf(id);
    if (slot === undefined) throw new Error('no slot');
    runs.finish(slot, { state: 'failed', now: NOW, reason: 'script: exit code 3', tokens: 12 });
    const missed = { taskId: id, scheduledFor: NOW - 60_000, missedUntil: NOW, reason: 'missed' };
    runs.skip({ ...missed, now: NOW });
  });
  const { stdout } = await world.run('tasks', 'history', id);
  expect(stdout).toBe(
    'Tue 2026-12-01 13:00  failed · 12 tokens · script: exit code 3\n' +
      'Tue 2026-12-01 12:59 to before Tue 2026-12-01 13:00  skipped · missed\n',
  );
  const json = await world.run('tasks', 'history', id, '--json', '--limit', '1');
  expect(JSON.parse(json.stdout)).toMatchObject({ runs: [{ state: 'failed', tokens: 12 }] });
});

test('a running host is nudged, one that is down is not', async () => {
  await add(...morning);
  expect(existsSync(world.paths.tasksNudge)).toBe(false);
  const lock = acquireInstanceLock(world.paths.lock);
  await add(...morning);
  expect(existsSync(world.paths.tasksNudge)).toBe(true);
  lock[Symbol.dispose]();
});

test('an id that nobody has is a usage error, also of a terminal that it could steer', async () => {
  const { code, stderr } = await world.run('tasks', 'show', 'x\u001b[2J');
  expect(code).toBe(2);
  expect(stderr).toContain('There is no task');
  expect(stderr).not.toContain('\u001b');
});
