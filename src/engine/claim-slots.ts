import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import { toMessageId } from '../core/message-id.ts';
import { nextSlot, type Task } from '../core/task.ts';
import { type MissedSlots, missedNotice, overlapNotice } from '../core/task-notice.ts';
import { GRACE_MS } from '../core/task-policy.ts';
import { passCrashPoint } from '../crash-points.ts';
import type { Db } from '../db/database.ts';
import type { Outbox } from '../db/outbox.ts';
import type { TaskRuns } from '../db/task-runs.ts';
import type { Tasks } from '../db/tasks.ts';
import type { RandomBytes } from '../random.ts';

export interface ClaimSlotsDeps {
  readonly db: Db;
  readonly tasks: Tasks;
  readonly taskRuns: TaskRuns;
  readonly outbox: Outbox;
  readonly findGroup: (jid: Jid) => RegisteredGroup | undefined;
  readonly randomBytes: RandomBytes;
}

/** What is due of one task at a moment. */
interface DueSlots {
  /** The one that runs; undefined when all have been missed by more than the grace. */
  readonly chosen: number | undefined;
  /** The first that is not due yet. */
  readonly upcoming: number | undefined;
}

/**
 * Claims everything that is due, in one transaction: the newest slot of each task that is within the grace
 * waits for its run from then on, the earlier ones are recorded as skipped, and the task goes on to its next
 * slot. So a slot is claimed once over every restart, and none is passed over without a record. Gives the
 * chats that have something to be sent.
 */
export function createClaimSlots(deps: ClaimSlotsDeps) {
  const claimAll = deps.db.transaction((now: number): Jid[] => {
    const missed = new Map<Jid, MissedSlots[]>();
    const told = new Set<Jid>();
    const miss = (chatJid: Jid, slots: MissedSlots) => {
      missed.set(chatJid, [...(missed.get(chatJid) ?? []), slots]);
    };
    expireWaiting(deps, now, miss);
    for (const task of deps.tasks.due(now)) {
      if (claimTask(deps, task, now, miss) === 'told') told.add(task.chatJid);
    }
    for (const [chatJid, slots] of missed) {
      say(deps, chatJid, missedNotice(slots), `tasks:missed:${slots[0]?.task.id}:${now}`, now);
      told.add(chatJid);
    }
    return [...told];
  });
  return (now: number): Jid[] => claimAll.immediate(now);
}

/** Slots that have waited for their turn too long, in a queue or while the host was down. */
function expireWaiting(
  deps: ClaimSlotsDeps,
  now: number,
  miss: (chatJid: Jid, slots: MissedSlots) => void,
): void {
  for (const slot of deps.taskRuns.waitingSince(now - GRACE_MS)) {
    deps.taskRuns.finish(slot, { state: 'skipped', reason: 'late', now });
    const task = deps.tasks.find(slot.taskId);
    /* v8 ignore next -- @preserve: tasks are never deleted, and their slots refer to them */
    if (task === undefined) continue;
    const { scheduledFor } = slot;
    miss(task.chatJid, { task, from: scheduledFor, until: scheduledFor, isOne: true });
  }
}

function claimTask(
  deps: ClaimSlotsDeps,
  task: Task,
  now: number,
  miss: (chatJid: Jid, slots: MissedSlots) => void,
): 'told' | 'quiet' {
  const { id: taskId, chatJid, nextRunAt: first } = task;
  /* v8 ignore next -- @preserve: what is due has a time */
  if (first === null) return 'quiet';
  passCrashPoint('slot-due');
  const { chosen, upcoming } = findDue(task, first, now);
  const skip = (missedUntil: number, reason: string) =>
    skipFrom(deps, task, { scheduledFor: first, missedUntil, reason, now });
  const everyDue = upcoming ?? now + 1;
  if (deps.findGroup(chatJid)?.folder !== task.folder) {
    skip(everyDue, 'unregistered');
    deps.tasks.setStatus(taskId, { status: 'paused', reason: 'unregistered' }, now);
    return 'quiet';
  }
  deps.tasks.advance(taskId, upcoming, now);
  passCrashPoint('slot-claiming');
  if (chosen === undefined || chosen > first) skip(chosen ?? everyDue, 'missed');
  if (first < now - GRACE_MS) {
    const until = chosen ?? everyDue;
    const isOne = (nextSlot(task, first) ?? until) >= until;
    miss(chatJid, { task, from: first, until, isOne });
  }
  if (chosen === undefined) return 'quiet';
  const busy = deps.taskRuns.openOf(taskId);
  if (busy === undefined) {
    deps.taskRuns.claim({ taskId, scheduledFor: chosen, now });
    return 'quiet';
  }
  deps.taskRuns.skip({ taskId, scheduledFor: chosen, missedUntil: everyDue, reason: 'busy', now });
  const origin = `task:${taskId}:busy:${busy.scheduledFor}`;
  say(deps, chatJid, overlapNotice(task, busy.scheduledFor), origin, now);
  return 'told';
}

/** A slot that has its record, because the clock was set back since, does not keep out the ones after it. */
function skipFrom(
  { taskRuns }: ClaimSlotsDeps,
  task: Task,
  missed: Omit<Parameters<TaskRuns['skip']>[0], 'taskId'>,
): void {
  let scheduledFor: number | undefined = missed.scheduledFor;
  while (scheduledFor !== undefined && scheduledFor < missed.missedUntil) {
    if (taskRuns.skip({ ...missed, taskId: task.id, scheduledFor })) return;
    scheduledFor = nextSlot(task, scheduledFor);
  }
}

function findDue(task: Task, first: number, now: number): DueSlots {
  const graceFrom = now - GRACE_MS;
  let chosen = first >= graceFrom ? first : nextSlot(task, graceFrom - 1);
  if (chosen === undefined || chosen > now) return { chosen: undefined, upcoming: chosen };
  let upcoming = nextSlot(task, chosen);
  while (upcoming !== undefined && upcoming <= now) {
    chosen = upcoming;
    upcoming = nextSlot(task, chosen);
  }
  return { chosen, upcoming };
}

function say(deps: ClaimSlotsDeps, chatJid: Jid, text: string, origin: string, now: number): void {
  const id = toMessageId(deps.randomBytes(9));
  deps.outbox.enqueue({ kind: 'text', id, chatJid, text, mentions: [] }, origin, now);
}
