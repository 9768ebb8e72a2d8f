import { z } from 'zod';
import { ipcLine, ipcText } from './ipc-text.ts';

/** Longest prompt of a scheduled task in characters. */
export const MAX_TASK_PROMPT_CHARS = 16_000;
/** Longest pre-check script of a task in characters. */
export const MAX_TASK_SCRIPT_CHARS = 32_000;
/** Longest id of a task in characters. */
export const MAX_TASK_ID_CHARS = 64;

export const scheduleTypeSchema = z.enum(['cron', 'interval', 'once']);
export const contextModeSchema = z.enum(['group', 'isolated']);

const MAX_SCHEDULE_VALUE_CHARS = 128;
const jidSchema = z.string().min(1).max(128);
const taskIdSchema = z
  .string()
  .max(MAX_TASK_ID_CHARS)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    'must have letters, digits, "-" and "_" only, and start with a letter or digit',
  );
const scheduleValueSchema = ipcLine(MAX_SCHEDULE_VALUE_CHARS);
const promptSchema = ipcText(MAX_TASK_PROMPT_CHARS);
const scriptSchema = ipcText(MAX_TASK_SCRIPT_CHARS);

/** What a request says about its origin. It decides nothing: the folder that a request lies in does. */
const claims = {
  createdBy: z.string().max(128).optional(),
  groupFolder: z.string().max(64).optional(),
  isMain: z.boolean().optional(),
  timestamp: z.string().max(64).optional(),
};

/** `tasks/`: makes a task. The formats here are NanoClaw v1's. */
export const scheduleTaskCommandSchema = z.strictObject({
  type: z.literal('schedule_task'),
  /** Chosen by the host when absent. */
  taskId: taskIdSchema.optional(),
  prompt: promptSchema,
  schedule_type: scheduleTypeSchema,
  /** Five-field cron, milliseconds, or a time; local where it names no offset. */
  schedule_value: scheduleValueSchema,
  context_mode: contextModeSchema.default('isolated'),
  /** The chat that the task belongs to; the own one when absent. Only main may name another. */
  targetJid: jidSchema.optional(),
  /** Shell script that decides before each run whether the agent is needed. */
  script: scriptSchema.optional(),
  ...claims,
});
export type ScheduleTaskCommand = z.infer<typeof scheduleTaskCommandSchema>;

/** Changes the named parts of a task; the others stay. An empty script takes the script away. */
export const updateTaskCommandSchema = z
  .strictObject({
    type: z.literal('update_task'),
    taskId: taskIdSchema,
    prompt: promptSchema.optional(),
    schedule_type: scheduleTypeSchema.optional(),
    schedule_value: scheduleValueSchema.optional(),
    context_mode: contextModeSchema.optional(),
    script: z.union([z.literal(''), scriptSchema]).optional(),
    ...claims,
  })
  .refine(({ schedule_type, schedule_value }) => !schedule_type || schedule_value !== undefined, {
    path: ['schedule_value'],
    error: 'belongs to a new schedule_type',
  })
  .refine(
    (task) =>
      [task.prompt, task.schedule_value, task.context_mode, task.script].some(
        (part) => part !== undefined,
      ),
    { error: 'names nothing to change' },
  );
export type UpdateTaskCommand = z.infer<typeof updateTaskCommandSchema>;

/** What is done to a task that exists. */
export const taskActionSchema = z.enum([
  'pause_task',
  'resume_task',
  'cancel_task',
  'run_task_now',
]);
export type TaskAction = z.infer<typeof taskActionSchema>;

export function taskActionCommandSchema<T extends TaskAction>(type: T) {
  return z.strictObject({ type: z.literal(type), taskId: taskIdSchema, ...claims });
}

/** A task in a reply. Times are local to `timeZone`. */
export const taskReplySchema = z.strictObject({
  id: z.string(),
  status: z.string(),
  schedule_type: scheduleTypeSchema,
  schedule_value: z.string(),
  context_mode: contextModeSchema,
  targetJid: z.string(),
  timeZone: z.string(),
  /** The next five times at most; none when the task will not run again by itself. */
  nextRuns: z.array(z.string()),
});
export type TaskReply = z.infer<typeof taskReplySchema>;

const snapshotTaskSchema = z.strictObject({
  id: z.string(),
  groupFolder: z.string(),
  prompt: z.string(),
  schedule_type: scheduleTypeSchema,
  schedule_value: z.string(),
  context_mode: contextModeSchema,
  status: z.string(),
  /** RFC 3339 in UTC; null when none is planned. */
  next_run: z.string().nullable(),
  timeZone: z.string(),
  nextRuns: z.array(z.string()),
  hasScript: z.boolean(),
});
export type SnapshotTask = z.infer<typeof snapshotTaskSchema>;

/** `current_tasks.json`: the active and paused tasks that a group may see. */
export const tasksSnapshotSchema = z.array(snapshotTaskSchema);
