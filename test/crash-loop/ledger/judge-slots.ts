import { formatLocal } from '../../../src/core/schedule/local-time.ts';
import { nextSlot, type Task } from '../../../src/core/task.ts';
import { readMeaning } from './meaning.ts';
import { findTokens } from './tokens.ts';
import type { Visible } from './visible.ts';

/** What the host's database says of a slot; times in unix milliseconds. */
export interface SlotFact {
  readonly taskId: string;
  readonly scheduledFor: number;
  readonly state: string;
  /** A skipped one stands for all from its time to before this one. */
  readonly missedUntil: number | null;
}

export interface JudgedSlot {
  readonly taskId: string;
  readonly scheduledFor: number;
  readonly verdict: 'done' | 'open' | 'lost' | 'twice';
  readonly reason: string;
}

/**
 * Every time of a task's schedule that has come has exactly one record, and one that says that it was answered or has
 * failed exactly one message.
 */
export function judgeSlots(
  tasks: readonly Task[],
  slots: readonly SlotFact[],
  visible: readonly Visible[],
): JudgedSlot[] {
  const ofTask = Map.groupBy(slots, (slot) => slot.taskId);
  return tasks.flatMap((task) => {
    const own = ofTask.get(task.id) ?? [];
    const [token = ''] = findTokens(task.prompt, 'S');
    const records = own.map((slot) => judgeRecord(slot, countShown(token, slot, task, visible)));
    return [...records, ...findHoles(task, own)];
  });
}

interface Shown {
  readonly answers: number;
  readonly notices: number;
}

function countShown(
  token: string,
  { scheduledFor }: SlotFact,
  { timeZone }: Task,
  visible: readonly Visible[],
): Shown {
  const planned = formatLocal(scheduledFor, timeZone);
  let answers = 0;
  let notices = 0;
  for (const message of visible) {
    const meaning = readMeaning(message);
    if (meaning.kind === 'slot' && meaning.token === token && meaning.planned === planned) {
      answers += 1;
    } else if (meaning.kind === 'task_notice' && meaning.tokens.includes(token)) {
      if (message.text.includes(planned)) notices += 1;
    }
  }
  return { answers, notices };
}

function judgeRecord(slot: SlotFact, { answers, notices }: Shown): JudgedSlot {
  const { taskId, scheduledFor, state } = slot;
  const judged = { taskId, scheduledFor, reason: `${state}, ${answers} answers` };
  if (answers > 1) return { ...judged, verdict: 'twice' };
  switch (state) {
    case 'answered':
      return { ...judged, verdict: answers === 1 ? 'done' : 'lost' };
    case 'failed':
      if (answers > 0) return { ...judged, verdict: 'twice' };
      return { ...judged, verdict: notices > 0 ? 'done' : 'lost' };
    case 'waiting':
    case 'running':
      return { ...judged, verdict: answers > 0 ? 'twice' : 'open' };
    default:
      return { ...judged, verdict: answers > 0 ? 'twice' : 'done' };
  }
}

/** Times that have come and have no record. Of a task that has ended only those before its last record are known. */
function findHoles(task: Task, slots: readonly SlotFact[]): JudgedSlot[] {
  const covered = (at: number) =>
    slots.some(({ scheduledFor, missedUntil }) =>
      missedUntil === null ? at === scheduledFor : at >= scheduledFor && at < missedUntil,
    );
  const last = Math.max(...slots.map((slot) => slot.missedUntil ?? slot.scheduledFor + 1));
  const until = task.nextRunAt ?? (task.status === 'done' ? Infinity : last);
  const holes: JudgedSlot[] = [];
  let at = nextSlot(task, task.createdAt);
  while (at !== undefined && at < until) {
    if (!covered(at)) {
      holes.push({ taskId: task.id, scheduledFor: at, verdict: 'lost', reason: 'no record' });
    }
    at = nextSlot(task, at);
  }
  return holes;
}
