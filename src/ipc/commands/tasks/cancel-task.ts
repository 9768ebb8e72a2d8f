import type { Command } from '../../command.ts';
import type { TaskCommandDeps } from './task-access.ts';
import { createTaskAction } from './task-action.ts';

/** `cancel_task`: ends it for good. A run that is under way goes on. */
export function createCancelTaskCommand(deps: TaskCommandDeps): Command {
  return createTaskAction(deps, 'cancel_task', (task, now) => {
    deps.tasks.setStatus(task.id, { status: 'cancelled' }, now);
    return undefined;
  });
}
