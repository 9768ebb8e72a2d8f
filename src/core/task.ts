import { MAX_TASK_PROMPT_CHARS, MAX_TASK_SCRIPT_CHARS } from '@deckhand/protocol';
import type { Jid } from './message.ts';
import {
  nextSlotOf,
  readSchedule,
  restoreSchedule,
  type ScheduleType,
} from './schedule/schedule.ts';

/** Tasks of one group that are active or paused. */
export const MAX_TASKS_PER_GROUP = 100;
const SHOWN_SLOTS = 5;

/**
 * active ⇄ paused → cancelled; active → done when no slot is left. `done` and `cancelled` are final.
 */
export const TASK_STATUSES = ['active', 'paused', 'done', 'cancelled'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const CONTEXT_MODES = ['group', 'isolated'] as const;
/** `group`: with the group's conversation and session; `isolated`: a run that knows nothing of them. */
export type ContextMode = (typeof CONTEXT_MODES)[number];

/** What somebody asks to have scheduled. */
export interface TaskInput {
  readonly prompt: string;
  readonly scheduleType: ScheduleType;
  /** Cron expression, interval (`3600000`, `30m`) or time (`2026-11-21T14:30`, local without an offset). */
  readonly scheduleValue: string;
  readonly contextMode: ContextMode;
  /** Bash script that decides before each run whether the agent is needed. */
  readonly script?: string | undefined;
}

/** A checked task: what of it is stored. */
export interface TaskPlan extends TaskInput {
  /** IANA zone in which the schedule is read. */
  readonly timeZone: string;
  /** Unix milliseconds; intervals are counted from here. */
  readonly anchorAt: number;
}

export interface Task extends TaskPlan {
  readonly id: string;
  readonly folder: string;
  /** Where the answer goes. */
  readonly chatJid: Jid;
  readonly status: TaskStatus;
  /** Why it is paused, when it was not a person. */
  readonly statusReason: string | null;
  /** Unix milliseconds; null unless the task is active. */
  readonly nextRunAt: number | null;
  /** Slots in a row that failed. */
  readonly failures: number;
  readonly createdBy: string;
  readonly createdAt: number;
}

export type PlannedTask =
  | { ok: true; plan: TaskPlan; nextRuns: readonly number[] }
  | { ok: false; error: string };

export interface PlanSetting {
  /** Unix milliseconds. */
  readonly now: number;
  readonly timeZone: string;
}

/**
 * Checks what is asked for. `nextRuns` are the next slots, up to five, of which the first is to be the task's
 * `nextRunAt`; `error` is one sentence that says what to change.
 */
export function planTask(input: TaskInput, { now, timeZone }: PlanSetting): PlannedTask {
  return checkPlan({ ...input, timeZone, anchorAt: wholeSecond(now) }, now);
}

/** Checks a change: an interval goes on from its anchor unless the schedule itself is changed. */
export function planChange(
  task: TaskPlan,
  changes: Partial<TaskInput>,
  { now, timeZone }: PlanSetting,
): PlannedTask {
  const isRescheduled = changes.scheduleType !== undefined || changes.scheduleValue !== undefined;
  const { prompt, scheduleType, scheduleValue, contextMode, script } = { ...task, ...changes };
  const setting = isRescheduled ? { timeZone, anchorAt: wholeSecond(now) } : task;
  const { anchorAt } = setting;
  const input = { prompt, scheduleType, scheduleValue, contextMode, script };
  return checkPlan({ ...input, timeZone: setting.timeZone, anchorAt }, now);
}

/** Every slot is a whole second; what is asked for between slots takes the milliseconds, see task-runs. */
function wholeSecond(at: number): number {
  return at - (at % 1000);
}

function checkPlan(plan: TaskPlan, now: number): PlannedTask {
  const textError =
    checkText(plan.prompt, 'prompt', MAX_TASK_PROMPT_CHARS) ??
    (plan.script === undefined
      ? undefined
      : checkText(plan.script, 'script', MAX_TASK_SCRIPT_CHARS));
  if (textError !== undefined) return { ok: false, error: textError };
  const read = readSchedule(plan.scheduleType, plan.scheduleValue, plan);
  if (!read.ok) return read;
  const nextRuns = listSlots(plan, now);
  if (nextRuns.length === 0) return { ok: false, error: 'That time is in the past.' };
  return { ok: true, plan, nextRuns };
}

/** Control characters garble terminals and logs, and lone surrogates are not text. */
const UNUSABLE = /(?![\n\t])[\p{Cc}\p{Cs}]/u;

function checkText(text: string, name: string, maxChars: number): string | undefined {
  if (text.trim() === '') return `The ${name} is empty.`;
  if (Array.from(text).length > maxChars)
    return `The ${name} is longer than ${maxChars} characters.`;
  if (UNUSABLE.test(text)) {
    return `The ${name} holds control characters; only line breaks and tabs are taken.`;
  }
  return undefined;
}

/** The next slots after an instant, up to five. */
export function listSlots(plan: TaskPlan, after: number): number[] {
  const slots: number[] = [];
  for (let at = nextSlot(plan, after); at !== undefined; at = nextSlot(plan, at)) {
    slots.push(at);
    if (slots.length === SHOWN_SLOTS) break;
  }
  return slots;
}

/** The first slot of a checked task after an instant (unix milliseconds); undefined when none is left. */
export function nextSlot(plan: TaskPlan, after: number): number | undefined {
  return nextSlotOf(restoreSchedule(plan.scheduleType, plan.scheduleValue, plan), after);
}
