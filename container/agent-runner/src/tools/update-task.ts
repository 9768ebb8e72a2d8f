import {
  contextModeSchema,
  MAX_TASK_PROMPT_CHARS,
  MAX_TASK_SCRIPT_CHARS,
  scheduleTypeSchema,
} from '@deckhand/protocol';
import { z } from 'zod';
import { describeTask } from './outcome.ts';
import { SCHEDULE_VALUE, SCRIPT } from './schedule-task.ts';
import { TASK_ID } from './task-action.ts';
import { askHost, defineTool } from './tool.ts';

export const updateTask = defineTool({
  name: 'update_task',
  description:
    'Changes a scheduled task; what you leave out stays as it is. The result tells the next times.',
  shape: {
    taskId: TASK_ID,
    prompt: z.string().min(1).max(MAX_TASK_PROMPT_CHARS).optional(),
    schedule_type: scheduleTypeSchema.optional().describe('With schedule_value.'),
    schedule_value: z.string().min(1).max(128).optional().describe(SCHEDULE_VALUE),
    context_mode: contextModeSchema.optional(),
    script: z
      .string()
      .max(MAX_TASK_SCRIPT_CHARS)
      .optional()
      .describe(`${SCRIPT} An empty one takes the script away.`),
  },
  run: (changes, context) =>
    askHost(context, 'tasks', { ...changes, type: 'update_task' }, (reply) =>
      describeTask(reply.task),
    ),
});
