import {
  contextModeSchema,
  MAX_TASK_PROMPT_CHARS,
  MAX_TASK_SCRIPT_CHARS,
  scheduleTypeSchema,
} from '@deckhand/protocol';
import { z } from 'zod';
import { describeTask } from './outcome.ts';
import { askHost, defineTool } from './tool.ts';

export const SCHEDULE_VALUE =
  'cron: five fields in local time, such as "0 9 * * 1"; interval: milliseconds, at least 60000; once: local time such as "2026-01-31T09:00:00".';
export const SCRIPT =
  'Optional bash that runs first, without a model, for at most 30 s. Its last line must be {"wakeAgent": true or false, "data": …}; with false you are not started.';

export const scheduleTask = defineTool({
  name: 'schedule_task',
  description:
    'Schedules work for later, once or again and again. At each time you are started with the prompt and your answer is sent to the group. The result tells the id and the next times: check them against what was asked for, and tell people those times.',
  shape: {
    prompt: z
      .string()
      .min(1)
      .max(MAX_TASK_PROMPT_CHARS)
      .describe('What to do then, complete in itself: who, what, and how to say it.'),
    schedule_type: scheduleTypeSchema,
    schedule_value: z.string().min(1).max(128).describe(SCHEDULE_VALUE),
    context_mode: contextModeSchema.describe(
      'group: with the recent conversation of the group; isolated: with the prompt alone.',
    ),
    script: z.string().min(1).max(MAX_TASK_SCRIPT_CHARS).optional().describe(SCRIPT),
    targetJid: z
      .string()
      .max(128)
      .optional()
      .describe('Main group only: the registered group that the task is for.'),
  },
  run: (task, context) =>
    askHost(
      context,
      'tasks',
      {
        ...task,
        type: 'schedule_task',
        targetJid: task.targetJid ?? context.group.jid,
        createdBy: context.group.folder,
      },
      (reply) => describeTask(reply.task),
    ),
});
