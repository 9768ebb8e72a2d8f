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
 * failed exactly one message. Of one that was left out the chat is told, unless the next one ran for it.
 */
export function judgeSlots(
  tasks: readonly Task[],
  slots: readonly SlotFact[],
  visible: readonly Visible[],
): JudgedSlot[] {
  const ofTask = Map.groupBy(slots, (slot) => slot.taskId);
  const ofChat = Map.groupBy(visible, ({ chat }) => chat);
  return tasks.flatMap((task) => {
    const own = ofTask.get(task.id) ?? [];
    const [token = ''] = findTokens(task.prompt, 'S');
    const shownIn = ofChat.get(task.chatJid) ?? [];
    const records = own.map((slot) =>
      judgeRecord(task, slot, own, countShown(token, slot, task, shownIn)),
    );
    return [...records, ...findHoles(task, own)];
  });
}

interface Shown {
  readonly answers: number;
  /** That say that it has failed. */
  readonly failures: number;
  /** That say of the task that times were left out; one stands for several. */
  readonly omissions: number;
}

function countShown(
  token: string,
  { scheduledFor }: SlotFact,
  { timeZone }: Task,
  visible: readonly Visible[],
): Shown {
  const planned = formatLocal(scheduledFor, timeZone);
  const meanings = visible.map(readMeaning);
  const count = (kind: 'slot' | 'slot_failed') =>
    meanings.filter((one) => one.kind === kind && one.token === token && one.planned === planned)
      .length;
  const omissions = meanings.filter(
    (one) => one.kind === 'slots_left_out' && one.tokens.includes(token),
  ).length;
  return { answers: count('slot'), failures: count('slot_failed'), omissions };
}

function judgeRecord(
  { status }: Task,
  slot: SlotFact,
  slots: readonly SlotFact[],
  { answers, failures, omissions }: Shown,
): JudgedSlot {
  const { taskId, scheduledFor, state } = slot;
  const reason = `${state}, ${answers} answers, ${failures} failures`;
  const judged = { taskId, scheduledFor, reason };
  const expected = { answers: state === 'answered' ? 1 : 0, failures: state === 'failed' ? 1 : 0 };
  if (answers > expected.answers || failures > expected.failures) {
    return { ...judged, verdict: 'twice' };
  }
  switch (state) {
    case 'answered':
    case 'failed':
      return { ...judged, verdict: answers + failures === 1 ? 'done' : 'lost' };
    case 'skipped': {
      // One that still waits goes with its task, whose end somebody has asked for.
      const isEnded = status === 'cancelled' && slot.missedUntil === null;
      const isExplained = isEnded || omissions > 0 || isCaughtUp(slot, slots);
      return { ...judged, verdict: isExplained ? 'done' : 'lost' };
    }
    case 'waiting':
    case 'running':
      return { ...judged, verdict: 'open' };
    // `silent` and others: agents here always have something to say.
    default:
      return { ...judged, verdict: 'lost' };
  }
}

/** Within the grace after downtime the newest of several times runs, for all of them. */
function isCaughtUp({ missedUntil }: SlotFact, slots: readonly SlotFact[]): boolean {
  return slots.some(
    ({ scheduledFor, state }) => scheduledFor === missedUntil && state !== 'skipped',
  );
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
