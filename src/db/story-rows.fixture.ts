import type { Db } from './database.ts';

/** 1 December 2026, 11:00 UTC: an hour before the clock of the commands' tests. */
export const ROWS_START = Date.UTC(2026, 11, 1, 11);

export const FAMILY_JID = '120363001@g.us';

type Value = string | number | null;
type Row = Readonly<Record<string, Value>>;

function insert(db: Db, table: string, row: Row): number {
  const names = Object.keys(row);
  const places = names.map((name) => `:${name}`).join(', ');
  const { lastInsertRowid } = db
    .prepare(`insert into ${table} (${names.join(', ')}) values (${places})`)
    .run(row);
  return Number(lastInsertRowid);
}

/** A question of Ana's that waits, unless `row` says otherwise. Gives its place in the inbox. */
export function insertMessage(db: Db, row: Row = {}): number {
  return insert(db, 'messages', {
    chat_jid: FAMILY_JID,
    sender_jid: '15550000002@s.whatsapp.net',
    id: '3EB0QUESTION',
    sender_name: 'Ana',
    sent_at: ROWS_START,
    received_at: ROWS_START + 1_200,
    text: 'the secret plan',
    is_from_me: 0,
    state: 'pending',
    is_trigger: 1,
    decision: 'name',
    ...row,
  });
}

/** A run that goes on. */
export function insertRun(db: Db, row: Row = {}): void {
  insert(db, 'runs', {
    id: 'run-0a1b2c3d4e5f6071',
    chat_jid: FAMILY_JID,
    folder: 'family',
    provider: 'codex',
    state: 'running',
    attempt: 1,
    created_at: ROWS_START + 1_500,
    model: 'openai/gpt-5.5',
    ...row,
  });
}

/** The first attempt of that run, which works. */
export function insertAttempt(db: Db, row: Row = {}): void {
  insert(db, 'run_attempts', {
    run_id: 'run-0a1b2c3d4e5f6071',
    attempt: 1,
    provider: 'codex',
    model: 'openai/gpt-5.5',
    started_at: ROWS_START + 1_600,
    container_id: 'c0ffee0123456789',
    container_at: ROWS_START + 2_000,
    first_event_at: ROWS_START + 3_000,
    ...row,
  });
}

/** The agent of that run wanted to go where its group may not. */
export function insertDenial(db: Db, row: Row = {}): void {
  insert(db, 'run_denials', {
    run_id: 'run-0a1b2c3d4e5f6071',
    host: 'example.org',
    port: 443,
    reason: 'policy',
    count: 2,
    denied_at: ROWS_START + 4_000,
    ...row,
  });
}

/** The answer of that run, which waits to be sent. */
export function insertSent(db: Db, row: Row = {}): void {
  insert(db, 'outbox', {
    id: '3EB0ANSWER',
    chat_jid: FAMILY_JID,
    origin: 'run:run-0a1b2c3d4e5f6071:0',
    payload_json: JSON.stringify({ kind: 'text', text: 'the secret answer', mentions: [] }),
    state: 'pending',
    created_at: ROWS_START + 9_000,
    ...row,
  });
}

/** A question that was answered eight seconds after it came in. */
export function insertAnswered(db: Db): number {
  insertRun(db, { state: 'answered', finished_at: ROWS_START + 9_000 });
  const seq = insertMessage(db, { state: 'answered', run_id: 'run-0a1b2c3d4e5f6071' });
  insertAttempt(db, {
    ended_at: ROWS_START + 9_000,
    outcome: 'answered',
    tools: 2,
    input_tokens: 1_200,
    output_tokens: 80,
  });
  insertSent(db, { state: 'acked', settled_at: ROWS_START + 9_200 });
  return seq;
}
