import type { Command } from '../../command.ts';
import { createCancelTaskCommand } from './cancel-task.ts';
import { createPauseTaskCommand } from './pause-task.ts';
import { createResumeTaskCommand } from './resume-task.ts';
import { createRunTaskNowCommand } from './run-task-now.ts';
import { createScheduleTaskCommand } from './schedule-task.ts';
import type { TaskCommandDeps } from './task-access.ts';
import { createUpdateTaskCommand } from './update-task.ts';

/** What `tasks/` takes about scheduled tasks. */
export function createTaskCommands(deps: TaskCommandDeps): Command[] {
  return [
    createScheduleTaskCommand(deps),
    createUpdateTaskCommand(deps),
    createPauseTaskCommand(deps),
    createResumeTaskCommand(deps),
    createCancelTaskCommand(deps),
    createRunTaskNowCommand(deps),
  ];
}
