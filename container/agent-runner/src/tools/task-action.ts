import { MAX_TASK_ID_CHARS, type TaskAction } from '@deckhand/protocol';
import { z } from 'zod';
import { describeTask } from './outcome.ts';
import { askHost, defineTool, type HostTool } from './tool.ts';

export const TASK_ID = z
  .string()
  .min(1)
  .max(MAX_TASK_ID_CHARS)
  .describe('Id of the task, from list_tasks or schedule_task.');

/** A tool that does one thing to one task. */
function defineTaskAction(type: TaskAction, description: string): HostTool {
  return defineTool({
    name: type,
    description,
    shape: { taskId: TASK_ID },
    run: ({ taskId }, context) =>
      askHost(context, 'tasks', { type, taskId }, (reply) => describeTask(reply.task)),
  });
}

export const pauseTask = defineTaskAction(
  'pause_task',
  'Stops a scheduled task until it is resumed.',
);
export const resumeTask = defineTaskAction(
  'resume_task',
  'Lets a paused task go on at its next time.',
);
export const cancelTask = defineTaskAction('cancel_task', 'Ends a scheduled task for good.');
export const runTaskNow = defineTaskAction(
  'run_task_now',
  'Runs a scheduled task once in addition, as soon as there is room. Its other times stay.',
);
