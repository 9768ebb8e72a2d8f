import { nextSlot } from '../../../core/task.ts';
import type { Command, Refusal } from '../../command.ts';
import type { TaskCommandDeps } from './task-access.ts';
import { createTaskAction } from './task-action.ts';

/** `resume_task`: goes on at the next time from now; what was missed in between is not made up for. */
export function createResumeTaskCommand(deps: TaskCommandDeps): Command {
  return createTaskAction(deps, 'resume_task', (task, now) => {
    if (task.status === 'active') return undefined;
    const nextRunAt = nextSlot(task, now);
    if (nextRunAt === undefined) return TIME_PASSED;
    deps.tasks.setStatus(task.id, { status: 'active', nextRunAt }, now);
    return undefined;
  });
}

const TIME_PASSED: Refusal = {
  code: 'bad_schedule',
  error: 'Its time has passed. Give it a new one with update_task first.',
};
