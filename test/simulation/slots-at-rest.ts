import { nextSlot, type Task } from '../../src/core/task.ts';
import { createTasks } from '../../src/db/tasks.ts';
import type { History } from './history.ts';
import { runOf } from './simulated-agents.ts';

interface SlotRow {
  readonly slot: string;
  readonly state: string;
  readonly runId: string | null;
}

const TASK_ANSWER = /^task (.+)-\d+$/;

/** What must hold of slots when nothing is left to be done; tasks were paused at `pausedAt`. */
export function checkSlots(history: History, pausedAt: number): void {
  checkRecords(history, pausedAt);
  checkSlotAnswers(history);
}

/** P5: every slot ran, or there is a record of why it did not. */
function checkRecords(history: History, pausedAt: number): void {
  const { disk } = history;
  const rows = disk.statement(
    'select scheduled_for as at, missed_until as until from task_runs where task_id = ?',
    false,
  );
  for (const task of createTasks(disk.open(() => true)).list()) {
    const kept = rows.all(task.id) as { at: number; until: number | null }[];
    for (const slot of slotsOf(task, pausedAt)) {
      const isKept = kept.some(
        ({ at, until }) => at === slot || (at < slot && slot < (until ?? 0)),
      );
      if (!isKept && !isPausedBefore(history, task, slot))
        history.violate(`P5: ${task.id} lost ${slot}`);
    }
  }
}

/** P2, P5: a slot that counts as answered has shown one answer, and every other one none. */
function checkSlotAnswers(history: History): void {
  const { disk, whatsapp, mailbox } = history;
  const find = disk.statement(
    "select task_id || '@' || scheduled_for as slot, state, run_id as runId from task_runs",
    false,
  );
  const answered = whatsapp.shown.flatMap((message) =>
    message.kind === 'text' ? (TASK_ANSWER.exec(message.text)?.[1] ?? []) : [],
  );
  const rows = find.all() as SlotRow[];
  for (const { slot, state, runId } of rows) {
    const answers = answered.filter((one) => one === runId).length;
    const isByRequest = mailbox.files.some(({ attemptId }) => runOf(attemptId) === runId);
    const isAsItSays =
      state === 'answered' ? answers === 1 || (answers === 0 && isByRequest) : answers === 0;
    if (!isAsItSays) history.violate(`P5: ${slot} is ${state} with ${answers} answers`);
  }
  const known = new Set(rows.map(({ runId }) => runId));
  for (const runId of answered)
    if (!known.has(runId)) history.violate(`P5: ${runId} has answered for no slot`);
}

function slotsOf(task: Task, until: number): number[] {
  const slots: number[] = [];
  for (
    let at = nextSlot(task, task.createdAt);
    at !== undefined && at <= until;
    at = nextSlot(task, at)
  )
    slots.push(at);
  return slots;
}

/** A task that was paused for its failures or its registration has no slots from then on. */
function isPausedBefore({ disk }: History, task: Task, slot: number): boolean {
  if (task.statusReason === null) return false;
  const updated = disk.statement('select updated_at from tasks where id = ?', true).get(task.id);
  return (updated as number) <= slot;
}
