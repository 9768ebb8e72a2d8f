import { afterEach, beforeEach, expect, test } from 'vitest';
import { displayWidth } from '../../core/terminal-text.ts';
import {
  FAMILY_JID,
  insertAnswered,
  insertAttempt,
  insertDenial,
  insertMessage,
  insertRun,
  insertSent,
  ROWS_START,
} from '../../db/story-rows.fixture.ts';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';

const RUN = 'run-0a1b2c3d4e5f6071';
const OLDER = 'run-0affffffffffffff';
const WORK_JID = '120363002@g.us';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
  world.register({
    [FAMILY_JID]: { name: 'Family', folder: 'family', timeZone: 'Europe/Berlin' },
  });
});
afterEach(() => world[Symbol.dispose]());

/** A failed run of another group, and then an answered one. */
function fillTwo(): void {
  world.fill((db) => {
    insertRun(db, {
      id: OLDER,
      chat_jid: WORK_JID,
      folder: 'work',
      state: 'failed',
      reason: 'quota',
      detail: `limit ${'and so on '.repeat(20)}`,
      passed_json: JSON.stringify([{ name: 'openai/a', class: 'quota' }]),
      finished_at: ROWS_START + 95_000,
      attempt: 2,
    });
    const ended = { run_id: OLDER, ended_at: ROWS_START + 90_000, outcome: 'failed' };
    insertAttempt(db, {
      ...ended,
      class: 'quota',
      detail: 'limit',
      input_tokens: 10,
      output_tokens: 1,
    });
    insertAttempt(db, { ...ended, attempt: 2, container_at: null, first_event_at: null });
    insertAnswered(db);
  });
}

test('the last runs are listed, the newest last, with their durations', async () => {
  fillTwo();
  const { code, stdout } = await world.run('runs', 'list');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'Times in UTC:',
    `${OLDER}  12-01 11:00  failed    1 min 34 s  work    quota`,
    `${RUN}  12-01 11:00  answered  7.5 s       family  openai/gpt-5.5`,
    '',
  ]);
});

test.each([
  [['--group', 'family'], [RUN]],
  [['--group', WORK_JID], [OLDER]],
  [['--state', 'failed'], [OLDER]],
  [['--limit', '1'], [RUN]],
  [['--group', 'family', '--state', 'failed'], []],
])('runs list %j leaves out the rest', async (args, ids) => {
  fillTwo();
  const { stdout } = await world.run('runs', 'list', '--json', ...args);
  expect(JSON.parse(stdout).runs.map(({ id }: { id: string }) => id)).toEqual(ids);
});

test('a run is shown with attempts, questions and what it sent', async () => {
  world.fill((db) => {
    insertAnswered(db);
    insertMessage(db, { id: 'ASIDE', is_trigger: 0, run_id: RUN, state: 'consumed' });
    insertSent(db, { id: 'TOOL', origin: 'ipc:family:1', created_at: ROWS_START + 5_000 });
  });
  const { code, stdout } = await world.run('runs', 'show', RUN);
  expect(code).toBe(0);
  expect(stdout).toBe(`Run        ${RUN}
Group      family ("Family")
State      answered in 7.5 s
Began      Tue 2026-12-01 12:00:01 (Europe/Berlin)
Tokens     1200 in, 80 out

Attempts
  1  12:00:01  openai/gpt-5.5 (codex)  answered after 7.4 s
     container c0ffee012345 after 400 ms, first sign after 1.4 s
     2 tools, 1200 tokens in, 80 out

Questions
  12:00:01  3EB0QUESTION  Ana
  and 1 that it read along

Sent
  12:00:09  text  3EB0ANSWER  acked after 200 ms
  12:00:05  text  TOOL  pending, by a tool

\`deckhand why ${RUN}\` tells its story.
`);
});

test('a failed run says why, which models it gave up and what all attempts took', async () => {
  fillTwo();
  const { stdout } = await world.run('runs', 'show', '0af');
  expect(stdout).toContain('Given up   openai/a (quota)\nReason     quota: limit and so on');
  expect(stdout).toContain('Tokens     10 in, 1 out');
  expect(stdout).toContain('  2  11:00:01  openai/gpt-5.5 (codex)  failed after 1 min 28 s\n');
  for (const line of stdout.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
});

test('as JSON a run has times in milliseconds and no texts', async () => {
  fillTwo();
  const { stdout } = await world.run('runs', 'show', 'last', '--json');
  expect(stdout).not.toContain('secret');
  expect(JSON.parse(stdout)).toMatchObject({
    run: { id: RUN, inputTokens: 1_200, passed: [], detail: null },
    attempts: [{ attempt: 1, startedAt: ROWS_START + 1_600, tools: 2 }],
    questions: [{ id: '3EB0QUESTION', senderName: 'Ana', receivedAt: ROWS_START + 1_200 }],
    contextMessages: 0,
    slot: null,
    sent: [{ id: '3EB0ANSWER', state: 'acked' }],
  });
});

test('a run that goes on is shown with its time so far', async () => {
  world.fill((db) => {
    insertRun(db, { model: null });
  });
  const { stdout } = await world.run('runs', 'show', 'last');
  expect(stdout).toContain('State      running for 59 min 59 s');
  expect(stdout).not.toContain('Attempts');
});

test('nothing that others chose can move the cursor', async () => {
  world.fill((db) => {
    insertRun(db, { state: 'failed', reason: 'internal', detail: '\u001b[2J' });
    insertMessage(db, { run_id: RUN, sender_name: '\u001b[1mEve', id: '\u202e' });
    insertAttempt(db, { class: 'internal', detail: '\u001b[3m', ended_at: 1, outcome: 'failed' });
    insertSent(db, { state: 'rejected', reason: '\u001b[4m', settled_at: 1 });
  });
  for (const args of [['list'], ['show', 'last']]) {
    const { stdout } = await world.run('runs', ...args);
    for (const unsafe of ['\u001b', '\u202e']) expect(stdout).not.toContain(unsafe);
  }
});

test('what cannot be shown says what to do', async () => {
  expect(await world.run('runs', 'show', 'last')).toMatchObject({ code: 3 });
  expect((await world.run('runs', 'list')).stdout).toBe('There has been no run yet.\n');
  fillTwo();
  expect((await world.run('runs', 'list', '--group', 'nobody')).stdout).toBe(
    'No run fits. Without options all are shown.\n',
  );
  expect(await world.run('runs', 'show', 'run-0a')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`Several runs begin with "run-0a"`),
  });
  for (const wanted of ['3EB0QUESTION', '%', '', 'x'.repeat(60_000)]) {
    expect(await world.run('runs', 'show', wanted)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no run "'),
    });
  }
  expect((await world.run('runs', 'list', '--state', 'odd')).code).toBe(2);
  expect((await world.run('runs', 'list', '--limit', 'x')).code).toBe(2);
});

test('a run shows where its agent might not go', async () => {
  world.fill((db) => {
    insertAnswered(db);
    insertDenial(db);
  });
  const { stdout } = await world.run('runs', 'show', RUN);
  expect(stdout).toContain('Might not reach\n  example.org:443 (at least 2 times)');
  const json = await world.run('runs', 'show', RUN, '--json');
  expect(JSON.parse(json.stdout).denials).toEqual([
    { host: 'example.org', port: 443, reason: 'policy', count: 2 },
  ]);
});
