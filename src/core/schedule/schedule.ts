import { checkCron, nextCronSlot } from './cron.ts';
import { checkInterval, nextIntervalSlot } from './interval.ts';
import { checkOnce } from './once.ts';

export const SCHEDULE_TYPES = ['cron', 'interval', 'once'] as const;
export type ScheduleType = (typeof SCHEDULE_TYPES)[number];

/** When a task is due. Times are unix milliseconds, zones IANA names. */
export type Schedule =
  | { readonly type: 'cron'; readonly expression: string; readonly timeZone: string }
  | { readonly type: 'interval'; readonly everyMs: number; readonly anchorAt: number }
  | { readonly type: 'once'; readonly at: number };

export type ScheduleCheck = { ok: true; schedule: Schedule } | { ok: false; error: string };

export interface ScheduleSetting {
  readonly timeZone: string;
  /** Intervals are counted from here. */
  readonly anchorAt: number;
}

/** Reads a schedule as people and agents write it; `error` is a sentence that says what to write instead. */
export function readSchedule(
  type: ScheduleType,
  value: string,
  { timeZone, anchorAt }: ScheduleSetting,
): ScheduleCheck {
  switch (type) {
    case 'cron': {
      const cron = checkCron(value);
      if (!cron.ok) return cron;
      return { ok: true, schedule: { type, expression: cron.expression, timeZone } };
    }
    case 'interval': {
      const interval = checkInterval(value);
      if (!interval.ok) return interval;
      return { ok: true, schedule: { type, everyMs: interval.everyMs, anchorAt } };
    }
    case 'once': {
      const once = checkOnce(value, timeZone);
      return once.ok ? { ok: true, schedule: { type, at: once.at } } : once;
    }
    default:
      return type satisfies never;
  }
}

/** A schedule that has been checked before, as it was stored. */
export function restoreSchedule(
  type: ScheduleType,
  value: string,
  setting: ScheduleSetting,
): Schedule {
  if (type === 'cron') return { type, expression: value, timeZone: setting.timeZone };
  const read = readSchedule(type, value, setting);
  if (!read.ok) throw new Error(`a stored schedule cannot be read: ${read.error}`);
  return read.schedule;
}

/** The first slot after an instant; undefined when none is left. */
export function nextSlotOf(schedule: Schedule, after: number): number | undefined {
  switch (schedule.type) {
    case 'cron':
      return nextCronSlot(schedule.expression, schedule.timeZone, after);
    case 'interval':
      return nextIntervalSlot(schedule.everyMs, schedule.anchorAt, after);
    case 'once':
      return schedule.at > after ? schedule.at : undefined;
    default:
      return schedule satisfies never;
  }
}
