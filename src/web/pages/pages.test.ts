import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createModelStore } from '../../db/models.ts';
import {
  FAMILY_JID,
  insertAttempt,
  insertMessage,
  insertRun,
} from '../../db/story-rows.fixture.ts';
import { createTasks } from '../../db/tasks.ts';
import { NOW, WebWorld } from '../web-world.fixture.ts';

const ATTACK = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`;
const RUN = 'run-0a1b2c3d4e5f6071';

let world: WebWorld;
beforeEach(async () => {
  world = await WebWorld.open({
    [FAMILY_JID]: { name: ATTACK, folder: 'family', budget: { runsPerDay: 5 } },
  });
});
afterEach(() => world[Symbol.asyncDispose]());

function addTask(id = 'task-1', prompt = 'Say good morning'): void {
  const plan = {
    prompt,
    scheduleType: 'cron' as const,
    scheduleValue: '0 9 * * *',
    timeZone: 'Europe/Berlin',
    contextMode: 'group' as const,
    anchorAt: NOW,
  };
  const nextRunAt = Date.UTC(2026, 11, 2, 8);
  createTasks(world.db).insert(plan, {
    id,
    folder: 'family',
    chatJid: FAMILY_JID,
    createdBy: 'cli',
    nextRunAt,
    now: NOW,
  });
}

function addRun(): void {
  insertRun(world.db, { state: 'answered', finished_at: NOW - 1_000 });
  insertAttempt(world.db, {
    outcome: 'answered',
    ended_at: NOW - 1_000,
    input_tokens: 1_200,
    output_tokens: 34,
  });
  insertMessage(world.db, {
    sender_name: ATTACK,
    text: ATTACK,
    id: `3EB0${ATTACK}`,
    run_id: RUN,
    state: 'answered',
  });
}

test.each([
  '/',
  '/groups',
  '/groups/family',
  '/tasks',
  '/tasks/task-1',
  '/runs',
  `/runs/${RUN}`,
  '/why',
  '/why?text=1',
  '/why?message=last&text=1',
  '/logs',
  `/why?message=${encodeURIComponent(ATTACK)}`,
  `/runs?group=${encodeURIComponent(ATTACK)}`,
])('%s shows names, texts and logs of others as text', async (path) => {
  addTask('task-1', ATTACK);
  addRun();
  const line = { level: 50, time: NOW, msg: ATTACK, chatJid: ATTACK };
  writeFileSync(world.logFile, `${JSON.stringify(line)}\n`);
  const { status, body } = await world.get(path);
  expect(status).toBe(200);
  expect(body.match(/<script/g)).toHaveLength(1);
  expect(body).not.toContain('<img');
  expect(body).not.toContain(`"'>`);
});

test('what members wrote is shown only to who asks for it', async () => {
  insertMessage(world.db, { text: 'the secret plan' });
  for (const path of ['/', '/groups/family', '/runs', '/why', '/why?message=last']) {
    expect((await world.get(path)).body).not.toContain('the secret plan');
  }
  expect((await world.get('/why?text=1')).body).toContain('the secret plan');
  expect((await world.get('/why?message=last&text=1')).body).toContain(
    '<blockquote>the secret plan',
  );
});

test('why tells the steps of a message by its id, its beginning, its number or as the last', async () => {
  const seq = insertMessage(world.db);
  for (const wanted of ['3EB0QUESTION', '3eb0q', `#${seq}`, 'last']) {
    const { body } = await world.get(`/why?message=${encodeURIComponent(wanted)}`);
    expect(body).toContain('<h2 id="story-title">What happened</h2>');
    expect(body).toContain('May its sender ask?');
  }
  expect((await world.get('/why?message=nope')).body).toContain('No message or run has this id');
  insertMessage(world.db, { id: '3EB0QUERY' });
  expect((await world.get('/why?message=3EB0QU')).body).toContain('Several fit');
});

test('a run is shown with the time of each step and its tokens', async () => {
  addRun();
  const { body } = await world.get(`/runs/${RUN}`);
  expect(body).toContain('Attempt 1, openai/gpt-5.5: work');
  expect(body).toMatch(/aria-label="Timeline: /);
  expect(body).toContain('1,234');
  expect((await world.get('/runs')).body).toContain('1,234 in all');
  expect((await world.get('/runs/none')).status).toBe(404);
});

test('a task shows its next five times in its own zone, and its buttons do what they say', async () => {
  addTask();
  const { body } = await world.get('/tasks/task-1');
  const days = [
    'Wed 2026-12-02',
    'Thu 2026-12-03',
    'Fri 2026-12-04',
    'Sat 2026-12-05',
    'Sun 2026-12-06',
  ];
  for (const day of days) expect(body).toContain(`${day} 09:00`);
  const statusAfter = async (action: string) => {
    const answer = await world.post(`/tasks/task-1/${action}`);
    expect(answer).toMatchObject({ status: 303, headers: { location: '/tasks/task-1' } });
    return createTasks(world.db).find('task-1')?.status;
  };
  expect(await statusAfter('run')).toBe('active');
  expect(await statusAfter('pause')).toBe('paused');
  expect(await statusAfter('resume')).toBe('active');
  expect(await statusAfter('cancel')).toBe('cancelled');
  expect(world.nudges).toBe(4);
  const late = await world.post('/tasks/task-1/resume');
  expect(late).toMatchObject({ status: 409, body: expect.stringContaining('cancelled for good') });
  expect((await world.post('/tasks/none/pause')).status).toBe(404);
});

test('before the host serves its pages say so, and the others are there', async () => {
  world.console.setHost(undefined);
  for (const path of [
    '/groups',
    '/groups/family',
    '/tasks',
    '/tasks/x',
    '/runs',
    '/runs/x',
    '/why',
  ]) {
    const { status, body } = await world.get(path);
    expect(status).toBe(503);
    expect(body).toContain('data-reload');
  }
  for (const path of ['/', '/link', '/logs']) expect((await world.get(path)).status).toBe(200);
  expect((await world.post('/tasks/x/pause')).status).toBe(503);
});

test('a page that breaks says so, and the others go on', async () => {
  world.db.exec('drop table run_attempts');
  expect(await world.get('/runs')).toMatchObject({
    status: 500,
    body: expect.stringContaining('the host goes on'),
  });
  expect((await world.get('/tasks')).status).toBe(200);
});

test('a new code is asked for only when none is shown', async () => {
  world.console.setLink({ status: 'code', qr: '2@abc' });
  expect((await world.get('/link')).body).toContain('data-code="2@abc"');
  await world.post('/link/again');
  expect(world.asked).toBe(0);
  world.console.setLink({ status: 'ended', reason: 'Nobody used the code in time.' });
  expect((await world.get('/link')).body).not.toContain('2@abc');
  await world.post('/link/again');
  expect(world.asked).toBe(1);
});

test('the overview names containers, sign-ins that are over and models that rest', async () => {
  const containers = [{ id: '0123456789ab', folder: 'family', state: 'running' }];
  const trouble = { profile: 'openai-codex', reason: 'it is over', mend: 'sign in again' };
  world.showHost({
    readContainers: () => Promise.resolve({ status: 'listed', containers }),
    readSignInTroubles: () => Promise.resolve([trouble]),
  });
  createModelStore(world.db).coolDown('openai/gpt-5.5', 'quota', NOW + 60_000, NOW);
  const { body } = await world.get('/');
  for (const text of [
    '0123456789ab',
    'openai-codex: it is over; sign in again.',
    'openai/gpt-5.5: its usage limit',
  ]) {
    expect(body).toContain(text);
  }
  world.showHost({ readContainers: () => Promise.resolve({ status: 'unreachable' }) });
  expect((await world.get('/')).body).toContain('Docker does not answer');
});

test.each([
  [{ status: 'connecting' }, 'Not connected to WhatsApp; 1 run going on, 2 chats waiting.'],
  [{ status: 'open', ownJids: ['49151@s.whatsapp.net'] }, 'Connected as 49151.'],
  [
    { status: 'stopped', reason: 'the phone ended it', mend: 'Link again.' },
    'WhatsApp has ended the link: the phone ended it. Link again.',
  ],
  [{ status: 'unlinked' }, 'No phone is linked.'],
] as const)('the overview says of WhatsApp what holds: %o', async (state, sentence) => {
  world.console.setChannel(state);
  expect((await world.get('/')).body).toContain(sentence);
});
