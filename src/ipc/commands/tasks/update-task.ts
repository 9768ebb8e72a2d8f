import { type UpdateTaskCommand, updateTaskCommandSchema } from '@deckhand/protocol';
import { planChange, type Task, type TaskInput } from '../../../core/task.ts';
import { type Command, defineCommand, type Effect } from '../../command.ts';
import { describeTask, findOpenTask, type TaskCommandDeps } from './task-access.ts';

/** `update_task`: changes what is done and when; a paused task stays paused. */
export function createUpdateTaskCommand(deps: TaskCommandDeps): Command {
  const change = (task: Task, request: UpdateTaskCommand): Effect => {
    const now = deps.now();
    const planned = planChange(task, readChanges(request), { now, timeZone: task.timeZone });
    if (!planned.ok) return { refused: { code: 'bad_schedule', error: planned.error } };
    const [nextRunAt] = planned.nextRuns;
    if (nextRunAt === undefined) throw new Error('a planned task has no next run');
    deps.tasks.update(task.id, planned.plan, nextRunAt, now);
    return { task: describeTask(deps, task.id) };
  };
  return defineCommand({
    type: 'update_task',
    schema: updateTaskCommandSchema,
    authorize: () => undefined,
    apply(_db, group, request) {
      const found = findOpenTask(deps.tasks, group, request.taskId);
      return found.ok ? change(found.task, request) : found;
    },
    async afterwards(group, { taskId }) {
      await deps.onTasksChanged(deps.tasks.find(taskId)?.folder ?? group.folder);
    },
  });
}

/** Only what the request names; an empty script takes the script away. */
function readChanges(request: UpdateTaskCommand): Partial<TaskInput> {
  const { prompt, schedule_type, schedule_value, context_mode, script } = request;
  return {
    ...(prompt === undefined ? {} : { prompt }),
    ...(schedule_type === undefined ? {} : { scheduleType: schedule_type }),
    ...(schedule_value === undefined ? {} : { scheduleValue: schedule_value }),
    ...(context_mode === undefined ? {} : { contextMode: context_mode }),
    ...(script === undefined ? {} : { script: script === '' ? undefined : script }),
  };
}
