import { NOT_SENT_RESTORED, RESTORED } from '../core/restored.ts';
import { nextSlot } from '../core/task.ts';
import type { Db } from './database.ts';
import { createLinkTimes } from './link-times.ts';
import { createTasks } from './tasks.ts';

/** What waited in a restored database and will not be done, because it may have been done since. */
export interface SettledRows {
  readonly questions: number;
  readonly answers: number;
  /** Slots of tasks, claimed or passed by. */
  readonly slots: number;
}

/**
 * Ends everything that was under way when the database was copied: the installation that went on after the copy has
 * probably answered and sent it. `now` in unix milliseconds.
 */
export function settleRestored(db: Db, now: number): SettledRows {
  const settle = db.transaction((): SettledRows => {
    const change = (sql: string) => db.prepare(sql).run({ now }).changes;
    const questions = change(`
      update messages set state = 'consumed', is_trigger = 0, decision = 'stale'
      where state in ('pending', 'claimed') and is_trigger = 1`);
    change(`update messages set state = 'consumed' where state = 'claimed'`);
    change(`
      update runs set state = 'cancelled', finished_at = :now, reason = '${RESTORED}'
      where state = 'running'`);
    change(`update run_attempts set ended_at = :now, outcome = 'left' where ended_at is null`);
    const answers = change(`
      update outbox set state = 'rejected', settled_at = :now,
        reason = '${NOT_SENT_RESTORED}'
      where state = 'pending'`);
    const claimed = change(`
      update task_runs set state = 'skipped', finished_at = :now, reason = '${RESTORED}'
      where state in ('waiting', 'running')`);
    change(`
      update chat_commands set state = 'interrupted', ended_at = :now
      where state in ('waiting', 'running')`);
    db.exec('delete from wa_journal');
    keepNoticeOfGapTrue(db);
    return { questions, answers, slots: claimed + passBySlots(db, now) };
  });
  return settle.immediate();
}

/** Without a record as missed, of which the chats would be told. */
function passBySlots(db: Db, now: number): number {
  const tasks = createTasks(db);
  const due = tasks.due(now);
  for (const task of due) tasks.advance(task.id, nextSlot(task, now), now);
  return due.length;
}

/** The chats are told of questions that came in too late since this mark: those settled here are none. */
function keepNoticeOfGapTrue(db: Db): void {
  const times = createLinkTimes(db);
  const last = times.last();
  if (last !== undefined) times.mark(last.at);
}
