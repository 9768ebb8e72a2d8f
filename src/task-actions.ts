import { nextSlot, type Task } from './core/task.ts';
import type { TaskRuns } from './db/task-runs.ts';
import type { Tasks } from './db/tasks.ts';

export const TASK_ACTIONS = ['pause', 'resume', 'cancel', 'run'] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

/** `refused` has changed nothing, and the reason says what to do; `busy` passes by itself. */
export type TaskActed = { status: 'done' } | { status: 'refused' | 'busy'; reason: string };

export interface TaskActionStore {
  readonly tasks: Pick<Tasks, 'setStatus'>;
  readonly taskRuns: Pick<TaskRuns, 'runNow'>;
}

/** Does what a person asks for one task. To be called within a transaction; `now` in unix milliseconds. */
export function actOnTask(
  { tasks, taskRuns }: TaskActionStore,
  task: Task,
  action: TaskAction,
  now: number,
): TaskActed {
  if (task.status !== 'active' && task.status !== 'paused') {
    return { status: 'refused', reason: `The task is ${task.status} for good. Add a new one.` };
  }
  switch (action) {
    case 'pause':
      tasks.setStatus(task.id, { status: 'paused' }, now);
      return { status: 'done' };
    case 'cancel':
      tasks.setStatus(task.id, { status: 'cancelled' }, now);
      return { status: 'done' };
    case 'resume':
      return resume(tasks, task, now);
    case 'run':
      if (taskRuns.runNow(task.id, now)) return { status: 'done' };
      return { status: 'busy', reason: 'A run of this task is going on or waits already.' };
    default:
      return action satisfies never;
  }
}

function resume(tasks: TaskActionStore['tasks'], task: Task, now: number): TaskActed {
  if (task.status === 'active') return { status: 'done' };
  const nextRunAt = nextSlot(task, now);
  if (nextRunAt === undefined) {
    return { status: 'refused', reason: 'Its time has passed. Cancel it and add a new one.' };
  }
  tasks.setStatus(task.id, { status: 'active', nextRunAt }, now);
  return { status: 'done' };
}
