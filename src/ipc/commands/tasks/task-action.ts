import { type TaskAction, taskActionCommandSchema } from '@deckhand/protocol';
import type { Task } from '../../../core/task.ts';
import { type Command, defineCommand, type Refusal } from '../../command.ts';
import { describeTask, findOpenTask, type TaskCommandDeps } from './task-access.ts';

/** A command that does one thing to one task that is not over, and replies with what became of it. */
export function createTaskAction(
  deps: TaskCommandDeps,
  type: TaskAction,
  act: (task: Task, now: number) => Refusal | undefined,
): Command {
  return defineCommand({
    type,
    schema: taskActionCommandSchema(type),
    authorize: () => undefined,
    apply(_db, group, { taskId }) {
      const found = findOpenTask(deps.tasks, group, taskId);
      if (!found.ok) return found;
      const refused = act(found.task, deps.now());
      return refused === undefined ? { task: describeTask(deps, taskId) } : { refused };
    },
    async afterwards(group, { taskId }) {
      await deps.onTasksChanged(deps.tasks.find(taskId)?.folder ?? group.folder);
    },
  });
}
