import { writeFileSync } from 'node:fs';
import { createModelStore } from '../../src/db/models.ts';
import { createRunDenials } from '../../src/db/run-denials.ts';
import {
  FAMILY_JID,
  insertAttempt,
  insertMessage,
  insertRun,
  insertSent,
} from '../../src/db/story-rows.fixture.ts';
import { createTaskRuns } from '../../src/db/task-runs.ts';
import { createTasks } from '../../src/db/tasks.ts';
import { NOW, type WebWorld } from '../../src/web/web-world.fixture.ts';

const MINUTE_MS = 60_000;
const WORK_JID = '120363002@g.us';

export const EXAMPLE_GROUPS = {
  [FAMILY_JID]: {
    name: 'Family',
    folder: 'family',
    provider: 'codex',
    budget: { runsPerDay: 40 },
    egress: { policy: 'allowlist', hosts: ['*.wikipedia.org'] },
  },
  [WORK_JID]: { name: 'Work', folder: 'work', senders: { allow: ['+49 151 12345678'] } },
  '120363003@g.us': { name: 'Me', folder: 'main', isMain: true },
};

/** Some days of a small installation, up to a run that goes on. */
export function addExampleData(world: WebWorld): void {
  for (let index = 0; index < 14; index += 1) addAnswered(world, index);
  addRunning(world);
  addDenied(world);
  addTasks(world);
  createModelStore(world.db).coolDown('openai-codex/gpt-5.5', 'quota', NOW + 60 * MINUTE_MS, NOW);
  writeFileSync(world.logFile, LOG.map((line) => `${JSON.stringify(line)}\n`).join(''));
  world.console.setChannel({ status: 'open', ownJids: ['4915112345678@s.whatsapp.net'] });
  world.console.setLink({ status: 'code', qr: `2@${'abcdefgh'.repeat(28)}` });
}

function addAnswered({ db }: WebWorld, index: number): void {
  const at = NOW - (15 - index) * 47 * MINUTE_MS;
  const id = `run-${String(index).padStart(16, '0')}`;
  const isFailed = index === 5;
  const row = { id, state: isFailed ? 'failed' : 'answered', created_at: at };
  insertRun(db, { ...row, finished_at: at + 14_000, reason: isFailed ? 'quota' : null });
  insertAttempt(db, {
    run_id: id,
    started_at: at + 80,
    container_at: at + 600,
    first_event_at: at + 2_300,
    ended_at: at + 14_000,
    outcome: isFailed ? 'failed' : 'answered',
    class: isFailed ? 'quota' : null,
    tools: index % 3,
    input_tokens: 2_400 + ((index * 2_731) % 9_000),
    output_tokens: 300 + ((index * 797) % 1_800),
  });
  insertMessage(db, {
    id: `3EB0${String(index).padStart(18, '0')}`,
    sender_name: index % 2 === 0 ? 'Ana' : 'Ben',
    sent_at: at - 2_000,
    received_at: at - 1_100,
    run_id: id,
    state: isFailed ? 'failed' : 'answered',
    text: 'What is for dinner?',
  });
  insertSent(db, {
    id: `ANSWER${index}`,
    origin: `run:${id}:0`,
    state: 'acked',
    created_at: at + 14_000,
    settled_at: at + 14_700,
  });
}

function addDenied({ db }: WebWorld): void {
  const denied = { runId: 'run-0000000000000004', now: NOW, port: 443 } as const;
  const denials = createRunDenials(db);
  denials.add({ ...denied, host: 'paste.example.com', reason: 'policy', count: 3 });
  denials.add({
    ...denied,
    host: '169.254.169.254',
    port: 80,
    reason: 'private_address',
    count: 1,
  });
}

function addRunning({ db }: WebWorld): void {
  insertRun(db, { created_at: NOW - 21_000 });
  insertAttempt(db, {
    started_at: NOW - 20_900,
    container_at: NOW - 20_500,
    first_event_at: NOW - 18_000,
  });
  insertMessage(db, {
    run_id: 'run-0a1b2c3d4e5f6071',
    state: 'claimed',
    received_at: NOW - 22_000,
  });
}

function addTasks({ db }: WebWorld): void {
  const tasks = createTasks(db);
  const plan = {
    prompt: 'Look at the calendar and tell everybody what happens today, in three lines.',
    scheduleType: 'cron' as const,
    scheduleValue: '0 8 * * 1-5',
    timeZone: 'Europe/Berlin',
    contextMode: 'group' as const,
    anchorAt: NOW,
  };
  const nextRunAt = Date.UTC(2026, 11, 2, 7);
  const task = { folder: 'family', chatJid: FAMILY_JID, createdBy: 'cli', nextRunAt, now: NOW };
  tasks.insert(plan, { ...task, id: 'morning' });
  tasks.insert({ ...plan, prompt: 'Remind us of the bins.' }, { ...task, id: 'bins' });
  tasks.setStatus('bins', { status: 'paused' }, NOW);
  const runs = createTaskRuns(db);
  const scheduledFor = Date.UTC(2026, 11, 1, 7);
  runs.claim({ taskId: 'morning', scheduledFor, now: scheduledFor });
  const slot = runs.openOf('morning');
  if (slot === undefined) throw new Error('the slot of the example is not open');
  runs.finish(slot, { state: 'answered', now: scheduledFor + 9_000, tokens: 4_210 });
}

const LOG = [
  { level: 30, time: NOW - 90_000, home: '/srv/deckhand', groups: 3, msg: 'host starts' },
  {
    level: 30,
    time: NOW - 88_000,
    image: 'sha256:4f1c',
    status: 'current',
    msg: 'agent image is ready',
  },
  {
    level: 40,
    time: NOW - 40_000,
    name: 'openai-codex/gpt-5.5',
    class: 'quota',
    msg: 'model rests',
  },
  { level: 50, time: NOW - 30_000, err: { message: 'socket hang up' }, msg: 'connection lost' },
  { level: 30, time: NOW - 21_000, runId: 'run-0a1b2c3d4e5f6071', msg: 'run started' },
];
