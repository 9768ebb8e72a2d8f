import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StoryAround } from '../core/story/facts.ts';
import type { Story } from '../core/story/story.ts';
import { type Db, openDatabase } from './database.ts';
import { storeLinkState } from './link-state.ts';
import { readStory } from './story.ts';
import {
  FAMILY_JID,
  insertAnswered,
  insertAttempt,
  insertMessage,
  insertRun,
  insertSent,
  ROWS_START,
} from './story-rows.fixture.ts';

const RUN = 'run-0a1b2c3d4e5f6071';
const around: StoryAround = {
  now: ROWS_START + 60_000,
  isHostRunning: true,
  groupOf: () => ({ folder: 'family', address: '@Assistant' }),
};

let db: Db;
beforeEach(() => {
  db = openDatabase(':memory:');
});
afterEach(() => db.close());

function lines(story: Story | undefined): string[] {
  return (story?.steps ?? []).map(({ at, name, status, detail }) =>
    [at === undefined ? '' : `+${at - ROWS_START}`, name, status, detail].filter(Boolean).join(' '),
  );
}

test('the story of an answered question has every step with its time', () => {
  const seq = insertAnswered(db);
  const story = readStory(db, { kind: 'message', seq }, around);
  expect(story).toMatchObject({ chatJid: FAMILY_JID, messageId: '3EB0QUESTION', runId: RUN });
  expect(lines(story)).toEqual([
    '+0 received done sent by Ana (15550000002@s.whatsapp.net)',
    '+1200 stored done',
    '+1200 trigger done it calls the assistant by name',
    '+1200 sender done may ask here',
    '+1200 queued done waited 300 ms',
    `+1500 run done ${RUN}`,
    '+1600 attempt done 1: openai/gpt-5.5 (codex)',
    '+2000 container done c0ffee012345',
    '+3000 working done',
    '+9000 result done answered, 2 tools used, 1200 tokens in, 80 out',
    '+9000 answer done text 3EB0ANSWER',
    'sent done',
    '+9200 acked done',
  ]);
  expect(story?.verdict).toEqual({
    status: 'answered',
    sentence: "It was answered: WhatsApp's server has the answer, 8.0 s after it came in.",
  });
});

test('the story of a run is that of its last question', () => {
  insertRun(db);
  insertMessage(db, { id: 'FIRST', state: 'claimed', run_id: RUN });
  insertMessage(db, { id: 'LAST', state: 'claimed', run_id: RUN });
  insertMessage(db, { id: 'ASIDE', state: 'claimed', run_id: RUN, is_trigger: 0 });
  const story = readStory(db, { kind: 'run', id: RUN }, around);
  expect(story?.messageId).toBe('LAST');
  expect(lines(story)).toContain(`+1500 run done ${RUN}, with 1 more`);
});

test('what an agent sends by tools while it works is part of the story, and nothing else of the chat', () => {
  insertRun(db);
  const seq = insertMessage(db, { state: 'claimed', run_id: RUN });
  insertSent(db, { id: 'TOOL', origin: 'ipc:family:1', created_at: ROWS_START + 5_000 });
  insertSent(db, { id: 'EARLIER', origin: 'ipc:family:0', created_at: ROWS_START + 1_000 });
  insertSent(db, { id: 'FOREIGN', origin: 'ipc:family2:0', created_at: ROWS_START + 5_000 });
  insertSent(db, { id: 'OTHER', origin: `run:${RUN}0:0`, created_at: ROWS_START + 5_000 });
  const answers = lines(readStory(db, { kind: 'message', seq }, around)).filter((line) =>
    line.includes(' answer '),
  );
  expect(answers).toEqual(['+5000 answer done text TOOL, sent by a tool']);
});

test('a message that was only read along ends with the run that saw it', () => {
  insertAnswered(db);
  const seq = insertMessage(db, {
    id: 'ASIDE',
    state: 'consumed',
    is_trigger: 0,
    decision: 'not_addressed',
    run_id: RUN,
  });
  const story = readStory(db, { kind: 'message', seq }, around);
  expect(story?.steps.map((step) => `${step.name} ${step.status}`)).toEqual([
    'received done',
    'stored done',
    'trigger no',
    'run done',
  ]);
  expect(story?.verdict.status).toBe('not_asked');
});

test('each attempt of a run is told', () => {
  insertRun(db, { attempt: 2 });
  const seq = insertMessage(db, { state: 'claimed', run_id: RUN });
  insertAttempt(db, {
    ended_at: ROWS_START + 4_000,
    outcome: 'failed',
    class: 'quota',
    detail: 'limit',
  });
  insertAttempt(db, { attempt: 2, model: 'openai/gpt-5.4', container_at: null });
  const told = lines(readStory(db, { kind: 'message', seq }, around));
  expect(told).toContain('+4000 result failed failed: quota: limit');
  expect(told).toContain('+1600 attempt done 2: openai/gpt-5.4 (codex)');
  expect(told).toContain('container running being started');
});

test('the story of a task begins with the time at which it was due', () => {
  db.exec(`insert into tasks (id, folder, chat_jid, prompt, schedule_type, schedule_value, time_zone, anchor_at,
      context_mode, status, created_by, created_at, updated_at)
    values ('task-1', 'family', '${FAMILY_JID}', 'p', 'once', 'x', 'UTC', 0, 'group', 'done', 'cli', 0, 0)`);
  insertRun(db, { kind: 'task', state: 'answered', finished_at: ROWS_START + 9_000 });
  db.exec(`insert into task_runs (task_id, scheduled_for, kind, state, due_at, run_id, claimed_at)
    values ('task-1', ${ROWS_START}, 'slot', 'silent', 0, '${RUN}', 0)`);
  const story = readStory(db, { kind: 'run', id: RUN }, around);
  expect(lines(story)[0]).toBe('+0 queued done task task-1 was due; waited 1.5 s');
  expect(story?.verdict.sentence).toBe('The task was done, and its agent had nothing to say.');
});

test('what waits says what is before it', () => {
  insertRun(db, { chat_jid: 'a@g.us' });
  insertMessage(db, { chat_jid: 'b@g.us' });
  insertMessage(db, { chat_jid: 'b@g.us', id: 'SECOND' });
  const seq = insertMessage(db);
  insertMessage(db, { chat_jid: 'c@g.us' });
  const story = readStory(db, { kind: 'message', seq }, around);
  expect(story?.verdict.sentence).toBe(
    'It waits for a free place: 1 run of other chats goes on, and 1 chat has waited longer.',
  );
});

test('there is no story of what is not there', () => {
  expect(readStory(db, { kind: 'message', seq: 1 }, around)).toBeUndefined();
  expect(readStory(db, { kind: 'run', id: RUN }, around)).toBeUndefined();
});

test('no story holds the text of a message', () => {
  const seq = insertAnswered(db);
  const story = readStory(db, { kind: 'message', seq }, around);
  expect(JSON.stringify(story)).not.toContain('secret');
});

test('a run that no model could be asked for says so', () => {
  const reason = { state: 'failed', reason: 'budget', detail: '5 runs', finished_at: ROWS_START };
  insertRun(db, { ...reason, model: null });
  const seq = insertMessage(db, { state: 'failed', run_id: RUN });
  const story = readStory(db, { kind: 'message', seq }, around);
  expect(lines(story).at(-1)).toBe('+0 result failed failed before a try: budget: 5 runs');
  expect(story?.verdict.sentence).toContain('over budget');
});

test('a link that has ended for good is the reason why an answer waits', () => {
  storeLinkState(db, {
    status: 'stopped',
    at: 0,
    reason: 'removed',
    mend: 'Link.',
    isOutdated: false,
  });
  insertRun(db, { state: 'answered', finished_at: ROWS_START + 9_000 });
  const seq = insertMessage(db, { state: 'answered', run_id: RUN });
  insertSent(db);
  const story = readStory(db, { kind: 'message', seq }, around);
  expect(story?.verdict.sentence).toContain('has ended: removed. Link.');
});
