import type { Command } from '../../command.ts';
import type { TaskCommandDeps } from './task-access.ts';
import { createTaskAction } from './task-action.ts';

/** `pause_task`: no more runs until it is resumed. Pausing twice is no mistake. */
export function createPauseTaskCommand(deps: TaskCommandDeps): Command {
  return createTaskAction(deps, 'pause_task', (task, now) => {
    if (task.status === 'active') deps.tasks.setStatus(task.id, { status: 'paused' }, now);
    return undefined;
  });
}
