import { afterAll, beforeAll, expect, test } from 'vitest';
import { planTask } from '../../src/core/task.ts';
import type { CrashPoint } from '../../src/crash-points.ts';
import { createTasks } from '../../src/db/tasks.ts';
import { type CrashGroup, CrashWorld } from './crash-world.ts';

const HOUR_MS = 3_600_000;
const forAll = new AbortController();

let world: CrashWorld;

beforeAll(async () => {
  world = await CrashWorld.start(forAll.signal);
});
afterAll(() => world[Symbol.asyncDispose]());

/** Schedules a task of every hour that is due now; gives its slot. */
function scheduleDue({ chat, folder }: CrashGroup): number {
  const input = {
    prompt: 'Say how the weather is',
    scheduleType: 'interval',
    scheduleValue: '1h',
    contextMode: 'isolated',
  } as const;
  const now = Date.now() - HOUR_MS;
  const planned = planTask(input, { now, timeZone: 'UTC' });
  if (!planned.ok) throw new Error(planned.error);
  const [slot = 0] = planned.nextRuns;
  createTasks(world.db).insert(planned.plan, {
    id: `task-of-${folder}`,
    folder,
    chatJid: chat.jid,
    createdBy: 'cli',
    nextRunAt: slot,
    now,
  });
  return slot;
}

test.for<readonly [title: string, point: CrashPoint]>([
  ['a slot that was due', 'slot-due'],
  ['a slot whose claim was not committed', 'slot-claiming'],
  ['a slot that waited for its run', 'slot-claimed'],
  ['a slot whose run was not committed', 'run-claiming'],
  ['a slot whose end was not committed', 'run-ending'],
])('row 16: %s runs once after a kill at %s', async ([, point], { signal }) => {
  const group = await world.addGroup(signal);
  await world.host.ask({ ask: 'arm', point, pass: 1 }, signal);
  const slot = scheduleDue(group);
  const asked = world.host.ask({ ask: 'claim tasks' }, signal);
  // It dies before it can say that it is done, or soon after.
  await Promise.allSettled([asked]);
  await world.hostDies(point, signal);
  await world.startHost(signal);
  await world.shows(group, 'the answer', signal);
  await world.rest(signal);
  const task = `task-of-${group.folder}`;
  expect({
    slots: world.column('select scheduled_for from task_runs where task_id = ?', task),
    states: world.column('select state from task_runs where task_id = ?', task),
    next: world.column('select next_run_at from tasks where id = ?', task),
    shown: world.shown(group),
    asked: world.asked.filter(({ folder }) => folder === group.folder).length,
  }).toEqual({
    slots: [slot],
    states: ['answered'],
    next: [slot + HOUR_MS],
    shown: ['the answer'],
    asked: 1,
  });
});
