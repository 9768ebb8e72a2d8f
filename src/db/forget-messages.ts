import type { Db } from './database.ts';

/**
 * Forgets messages, answers and runs that no later prompt can show, for a database that is thrown away anyway: of a real
 * one they tell a redelivered message from a new one. Those that wait for an answer stay.
 */
export function createForgetMessages(db: Db) {
  const messages = db.prepare<[number]>(`
    delete from messages
    where seq <= (select max(seq) from messages) - ? and state not in ('pending', 'claimed')`);
  const runs = db.prepare<[number]>(`
    delete from runs
    where state <> 'running' and created_at < ?
      and not exists (select 1 from messages where run_id = runs.id)`);
  const outbox = db.prepare<[number]>(
    'delete from outbox where seq <= (select max(seq) from outbox) - ?',
  );
  /** `keep` messages stay, and the runs since a time, unix milliseconds: a budget counts them. */
  return db.transaction((keep: number, since: number): void => {
    messages.run(keep);
    runs.run(since);
    outbox.run(keep);
  });
}
