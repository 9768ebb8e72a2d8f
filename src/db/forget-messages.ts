import type { Db } from './database.ts';

/** The parameter of each: how many messages stay; since when runs stay. */
const OLD_MESSAGES = `
  seq <= (select max(seq) from messages) - ? and state not in ('pending', 'claimed')`;
const OLD_RUNS = `
  state <> 'running' and created_at < ?
  and not exists (select 1 from messages where run_id = runs.id)
  and not exists (select 1 from task_runs where run_id = runs.id)`;

/**
 * Forgets messages, answers and runs that no later prompt can show, with what is known of them, for a database that is
 * thrown away anyway: of a real one they tell a redelivered message from a new one. Those that wait for an answer stay.
 */
export function createForgetMessages(db: Db) {
  const prepare = (sql: string) => db.prepare<[number]>(sql);
  const ofMessages = [
    prepare(`delete from media
      where message_seq in (select seq from messages where ${OLD_MESSAGES})`),
    prepare(`delete from messages where ${OLD_MESSAGES}`),
  ];
  const ofRuns = [
    prepare(`delete from run_attempts where run_id in (select id from runs where ${OLD_RUNS})`),
    prepare(`delete from run_denials where run_id in (select id from runs where ${OLD_RUNS})`),
    prepare(`delete from runs where ${OLD_RUNS}`),
  ];
  const outbox = prepare('delete from outbox where seq <= (select max(seq) from outbox) - ?');
  /** `keep` messages stay, and the runs since a time, unix milliseconds: a budget counts them. */
  return db.transaction((keep: number, since: number): void => {
    for (const forget of ofMessages) forget.run(keep);
    for (const forget of ofRuns) forget.run(since);
    outbox.run(keep);
  });
}
