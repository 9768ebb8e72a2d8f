import { type RegisteredGroup, registeredGroupSchema } from '../../src/core/group.ts';
import type { TaskInput } from '../../src/core/task.ts';
import type { EngineSettings } from '../../src/engine/engine-settings.ts';
import { Chance } from './chance.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Hours before a change of the clocks, and a plain day: unix milliseconds with the zone in which it is so. */
const STARTS = [
  { at: Date.UTC(2026, 10, 21, 12), timeZone: 'UTC' },
  { at: Date.UTC(2026, 2, 29, 0, 58, 30), timeZone: 'Europe/Berlin' },
  { at: Date.UTC(2026, 9, 25, 0, 29, 30), timeZone: 'Europe/Berlin' },
  { at: Date.UTC(2026, 9, 31, 14, 58), timeZone: 'Australia/Lord_Howe' },
] as const;

const GROUPS = [
  registeredGroupSchema.parse({ jid: '1@g.us', name: 'Family', folder: 'family' }),
  registeredGroupSchema.parse({ jid: '2@g.us', name: 'Work', folder: 'work' }),
  registeredGroupSchema.parse({ jid: '3@g.us', name: 'Club', folder: 'club' }),
] as const;

const TASKS = [
  { scheduleType: 'interval', scheduleValue: '1m' },
  { scheduleType: 'interval', scheduleValue: '2m' },
  { scheduleType: 'cron', scheduleValue: '*/30 * * * *' },
] as const;

/** What is fixed of a history before its first event. */
export interface HistoryPlan {
  readonly startAt: number;
  readonly groups: readonly RegisteredGroup[];
  readonly settings: EngineSettings;
  /** Messages that members write. */
  readonly questions: number;
  /** Tasks that are scheduled from the start, one for each of the first groups. */
  readonly tasks: readonly TaskInput[];
  /** Deaths, stops, jumps, and changes of registrations, each at most so often. */
  readonly deaths: number;
  readonly disturbances: number;
  /** Events until the faults end. */
  readonly events: number;
}

export function planHistory(seed: number): HistoryPlan {
  const chance = new Chance(seed ^ 0x5eed);
  const start = chance.pick(STARTS);
  return {
    startAt: start.at,
    groups: GROUPS.slice(0, chance.is(0.3) ? 3 : 2),
    settings: {
      assistantName: 'Assistant',
      timeZone: start.timeZone,
      containerTimeoutMs: HOUR,
      responsesTransport: 'sse',
      historyMessages: 4,
      maxConcurrentContainers: chance.is(0.5) ? 1 : 2,
      receipts: chance.is(0.25),
      mentionFreshMs: chance.is(0.3) ? 30 * MINUTE : 0,
    },
    questions: 2 + chance.below(4),
    tasks: chance.is(0.7) ? [planTaskInput(chance), planTaskInput(chance)] : [],
    deaths: chance.below(4),
    disturbances: chance.below(3),
    events: 10 + chance.below(18),
  };
}

function planTaskInput(chance: Chance): TaskInput {
  return { ...chance.pick(TASKS), prompt: 'say something', contextMode: 'isolated' };
}
