import { planTask, type Task, type TaskInput } from '../../src/core/task.ts';
import type { Db } from '../../src/db/database.ts';
import { createTaskRuns, type TaskRun } from '../../src/db/task-runs.ts';
import { createTasks } from '../../src/db/tasks.ts';
import { FAMILY, type World } from './world.ts';

export const HOUR = 3_600_000;
export const MINUTE = 60_000;

function database(world: World): Db {
  if (world.db === undefined) throw new Error('no host runs');
  return world.db;
}

/** Schedules a task of the family: every hour with the group's conversation, unless told otherwise. */
export function schedule(world: World, changes: Partial<TaskInput> = {}, timeZone = 'UTC'): string {
  const input: TaskInput = {
    prompt: 'Say how the weather is',
    scheduleType: 'interval',
    scheduleValue: '1h',
    contextMode: 'group',
    ...changes,
  };
  const now = world.nowMs;
  const planned = planTask(input, { now, timeZone });
  if (!planned.ok) throw new Error(planned.error);
  const tasks = createTasks(database(world));
  const id = `task-${tasks.list().length + 1}`;
  const place = { id, folder: 'family', chatJid: FAMILY, createdBy: 'test' };
  tasks.insert(planned.plan, { ...place, nextRunAt: planned.nextRuns[0]!, now });
  world.engine?.onTasksChanged();
  return id;
}

export function taskOf(world: World, id: string): Task {
  const task = createTasks(database(world)).find(id);
  if (task === undefined) throw new Error(`no task ${id}`);
  return task;
}

/** The slots of a task, oldest first. */
export function slotsOf(world: World, id: string, limit = 1_000): TaskRun[] {
  return createTaskRuns(database(world)).history(id, limit).toReversed();
}
