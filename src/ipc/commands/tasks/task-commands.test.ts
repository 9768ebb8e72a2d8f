import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_TASKS_PER_GROUP, type Task } from '../../../core/task.ts';
import { createTaskRuns } from '../../../db/task-runs.ts';
import { createTasks } from '../../../db/tasks.ts';
import { FAMILY, MAIN, MailboxWorld, WORK } from '../../mailbox-world.fixture.ts';
import type { Mailboxes } from '../../mailboxes.ts';

/** A Saturday, 12:00 in Berlin. */
const NOW = Date.UTC(2026, 10, 21, 11, 0, 0);

let world: MailboxWorld;
let host: Mailboxes;
let count = 0;

beforeEach(async () => {
  world = await MailboxWorld.create();
  world.now = () => NOW;
  host = await world.start();
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const daily = {
  type: 'schedule_task',
  prompt: 'Say good morning',
  schedule_type: 'cron',
  schedule_value: '0 9 * * *',
  context_mode: 'group',
};

async function ask(folder: string, request: unknown, name = `r${(count += 1)}.json`) {
  await world.send(folder, name, request, 'tasks');
  await host.settle(folder);
  return await world.reply(folder, name);
}

async function schedule(folder: string, fields: object = {}): Promise<string> {
  const reply = await ask(folder, { ...daily, ...fields });
  if (reply?.ok !== true || reply.task === undefined) throw new Error(JSON.stringify(reply));
  return reply.task.id;
}

const stored = (id: string): Task | undefined => createTasks(world.db).find(id);
const rows = () => world.db.prepare('select count(*) from tasks').pluck().get();

describe('schedule_task', () => {
  it('replies with the id and the next five times in local time', async () => {
    const request = { ...daily, targetJid: FAMILY.jid, createdBy: 'main', timestamp: 'x' };
    const reply = await ask('family', request);
    expect(reply).toMatchObject({
      ok: true,
      task: {
        status: 'active',
        schedule_type: 'cron',
        schedule_value: '0 9 * * *',
        context_mode: 'group',
        targetJid: FAMILY.jid,
        timeZone: 'Europe/Berlin',
        nextRuns: [
          'Sun 2026-11-22 09:00',
          'Mon 2026-11-23 09:00',
          'Tue 2026-11-24 09:00',
          'Wed 2026-11-25 09:00',
          'Thu 2026-11-26 09:00',
        ],
      },
    });
    const id = reply?.ok === true ? reply.task?.id : undefined;
    expect(stored(id ?? '')).toMatchObject({
      folder: 'family',
      chatJid: FAMILY.jid,
      prompt: 'Say good morning',
      createdBy: 'agent:family',
      nextRunAt: Date.UTC(2026, 10, 22, 8),
    });
    expect(world.changed).toEqual(['family']);
  });

  it('reads a time without an offset as local', async () => {
    const once = { schedule_type: 'once', schedule_value: '2026-11-21T13:30:00' };
    const id = await schedule('family', once);
    expect(stored(id)?.nextRunAt).toBe(NOW + 90 * 60_000);
  });

  it('takes an id, a script, and isolated when no context is named', async () => {
    const { context_mode: _, ...bare } = daily;
    const script = 'echo \'{"wakeAgent":false}\'\n';
    expect(await ask('family', { ...bare, taskId: 'my-task_1', script })).toMatchObject({
      ok: true,
      task: { id: 'my-task_1', context_mode: 'isolated' },
    });
    expect(stored('my-task_1')).toMatchObject({ script });
  });

  it('happens once, however often the file comes', async () => {
    await ask('family', daily, 'once.json');
    const first = await world.reply('family', 'once.json');
    await ask('family', daily, 'once.json');
    expect(await world.reply('family', 'once.json')).toEqual(first);
    expect(rows()).toBe(1);
  });

  it.each<[string, unknown, string]>([
    ['an unknown field', { ...daily, isolated: true }, 'malformed'],
    ['a prompt that is no text', { ...daily, prompt: 7 }, 'malformed'],
    ['no prompt', { ...daily, prompt: undefined }, 'malformed'],
    ['a blank prompt', { ...daily, prompt: ' \n' }, 'malformed'],
    ['a prompt with an escape sequence', { ...daily, prompt: 'a\u001b[31mb' }, 'malformed'],
    ['a prompt with NUL', { ...daily, prompt: 'a\0b' }, 'malformed'],
    ['a prompt with C1 controls', { ...daily, prompt: 'a\u009bb' }, 'malformed'],
    ['half a character', { ...daily, prompt: 'a\ud800b' }, 'malformed'],
    ['a prompt that is too long', { ...daily, prompt: 'x'.repeat(16_001) }, 'malformed'],
    ['a script that is too long', { ...daily, script: 'x'.repeat(32_001) }, 'malformed'],
    ['an unknown kind of schedule', { ...daily, schedule_type: 'daily' }, 'malformed'],
    ['an unknown context', { ...daily, context_mode: 'all' }, 'malformed'],
    [
      'an interval as a number',
      { ...daily, schedule_type: 'interval', schedule_value: 60_000 },
      'malformed',
    ],
    ['a path as its id', { ...daily, taskId: '../main' }, 'malformed'],
    ['a value in two lines', { ...daily, schedule_value: '0 9 * * *\n1 1 1 1 1' }, 'malformed'],
    ['six fields of cron', { ...daily, schedule_value: '0 0 9 * * *' }, 'bad_schedule'],
    ['a minute that does not exist', { ...daily, schedule_value: '61 9 * * *' }, 'bad_schedule'],
    ['a day that never comes', { ...daily, schedule_value: '0 9 30 2 *' }, 'bad_schedule'],
    [
      'a sub-minute interval',
      { ...daily, schedule_type: 'interval', schedule_value: '59999' },
      'bad_schedule',
    ],
    [
      'a negative interval',
      { ...daily, schedule_type: 'interval', schedule_value: '-60000' },
      'bad_schedule',
    ],
    [
      'an impossible date',
      { ...daily, schedule_type: 'once', schedule_value: '2027-02-30T09:00' },
      'bad_schedule',
    ],
    [
      'a time in the past',
      { ...daily, schedule_type: 'once', schedule_value: '2026-11-21T11:59' },
      'bad_schedule',
    ],
    ['another group', { ...daily, targetJid: WORK.jid }, 'not_allowed'],
    ['the main group', { ...daily, targetJid: MAIN.jid, isMain: true }, 'not_allowed'],
    ['a stranger', { ...daily, targetJid: '9@g.us' }, 'not_allowed'],
  ])('is refused with an audit line and nothing half done: %s', async (_what, request, code) => {
    const reply = await ask('family', request, 'bad.json');
    expect(reply).toMatchObject({ ok: false, code });
    expect(JSON.stringify(reply).length).toBeLessThan(1_000);
    expect(world.audit('bad.json')).toMatchObject({
      folder: 'family',
      outcome: 'refused',
      type: 'schedule_task',
      code,
    });
    expect(rows()).toBe(0);
    expect(world.changed).toEqual([]);
    expect(world.db.prepare('select count(*) from ipc_requests').pluck().get()).toBe(0);
    expect((await ask('work', daily))?.ok).toBe(true);
  });

  it('is refused for an id that is taken, whoever has it', async () => {
    await schedule('work', { taskId: 'mine' });
    expect(await ask('family', { ...daily, taskId: 'mine' })).toMatchObject({ code: 'conflict' });
    expect(stored('mine')?.folder).toBe('work');
  });

  it('is refused when the group has as many tasks as it may have, until one is cancelled', async () => {
    const ids = await Promise.all(
      Array.from({ length: MAX_TASKS_PER_GROUP }, (_, index) =>
        world.send('family', `n${index}.json`, { ...daily, taskId: `t${index}` }, 'tasks'),
      ),
    );
    await host.settle('family');
    expect(rows()).toBe(ids.length);
    expect(await ask('family', daily)).toMatchObject({ ok: false, code: 'too_many' });
    expect((await ask('work', daily))?.ok).toBe(true);
    await ask('family', { type: 'cancel_task', taskId: 't0' });
    expect((await ask('family', daily))?.ok).toBe(true);
  });

  it('is for any registered group from main, and counts as that group’s', async () => {
    const id = await schedule('main', { targetJid: WORK.jid });
    expect(stored(id)).toMatchObject({
      folder: 'work',
      chatJid: WORK.jid,
      createdBy: 'agent:main',
    });
    expect(world.changed).toEqual(['work']);
    expect(await ask('main', { ...daily, targetJid: '9@g.us' })).toMatchObject({
      code: 'unknown_chat',
    });
    expect((await ask('work', { type: 'pause_task', taskId: id }))?.ok).toBe(true);
  });

  it('leaves the other groups alone when 10,000 requests come at once', async () => {
    const request = JSON.stringify({ type: 'cancel_task', taskId: 'none' });
    // In one turn of the event loop, so that the host finds whole files.
    for (let index = 0; index < 10_000; index += 1) {
      writeFileSync(join(world.box('family', 'tasks'), `f${index}.json`), request);
    }
    const settled = host.settle('family');
    expect((await ask('work', daily))?.ok).toBe(true);
    expect((await world.leftovers('family')).length).toBeGreaterThan(5_000);
    await host[Symbol.asyncDispose]();
    await settled;
    expect(rows()).toBe(1);
  });
});

describe('update_task', () => {
  it('changes what it names and replies with the new times', async () => {
    const id = await schedule('family', { script: 'true' });
    const reply = await ask('family', {
      type: 'update_task',
      taskId: id,
      prompt: 'Say good night',
      schedule_type: 'interval',
      schedule_value: '3600000',
      script: '',
    });
    expect(reply).toMatchObject({
      ok: true,
      task: { id, schedule_type: 'interval', context_mode: 'group', nextRuns: { length: 5 } },
    });
    expect(stored(id)).toMatchObject({ prompt: 'Say good night', nextRunAt: NOW + 3_600_000 });
    expect(stored(id)?.script).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ['nothing to change', {}, 'malformed'],
    ['a kind of schedule without its value', { schedule_type: 'once' }, 'malformed'],
    ['a schedule that cannot be', { schedule_value: '* * * * * *' }, 'bad_schedule'],
    ['an unknown field', { status: 'active', prompt: 'x' }, 'malformed'],
  ])('is refused and changes nothing: %s', async (_what, fields, code) => {
    const id = await schedule('family');
    const before = stored(id);
    expect(await ask('family', { type: 'update_task', taskId: id, ...fields })).toMatchObject({
      ok: false,
      code,
    });
    expect(stored(id)).toEqual(before);
  });
});

describe('pause, resume and cancel', () => {
  it('follow each other, and twice is no mistake for a pause', async () => {
    const id = await schedule('family');
    for (const _ of [1, 2]) {
      expect(await ask('family', { type: 'pause_task', taskId: id })).toMatchObject({
        task: { status: 'paused', nextRuns: [] },
      });
    }
    expect(await ask('family', { type: 'resume_task', taskId: id })).toMatchObject({
      task: { status: 'active', nextRuns: { length: 5 } },
    });
    expect(await ask('family', { type: 'cancel_task', taskId: id })).toMatchObject({
      task: { status: 'cancelled', nextRuns: [] },
    });
    expect(await ask('family', { type: 'resume_task', taskId: id })).toMatchObject({
      code: 'conflict',
      error: 'The task is cancelled for good. Schedule a new one.',
    });
    expect(world.changed).toEqual(Array.from({ length: 5 }, () => 'family'));
  });

  it('do not resume what is past', async () => {
    const once = { schedule_type: 'once', schedule_value: '2026-11-21T13:00' };
    const id = await schedule('family', once);
    await ask('family', { type: 'pause_task', taskId: id });
    world.now = () => NOW + 2 * 3_600_000;
    expect(await ask('family', { type: 'resume_task', taskId: id })).toMatchObject({
      code: 'bad_schedule',
    });
    expect(stored(id)?.status).toBe('paused');
  });
});

describe('run_task_now', () => {
  it('asks for one run, and not for another while that one waits', async () => {
    const id = await schedule('family');
    expect(await ask('family', { type: 'run_task_now', taskId: id })).toMatchObject({ ok: true });
    expect(createTaskRuns(world.db).openOf(id)).toMatchObject({ kind: 'manual', state: 'waiting' });
    expect(await ask('family', { type: 'run_task_now', taskId: id })).toMatchObject({
      code: 'conflict',
    });
    expect(stored(id)?.nextRunAt).toBe(Date.UTC(2026, 10, 22, 8));
  });

  it('is refused when it is asked for too often', async () => {
    const ids = Array.from({ length: 11 }, (_, index) => `t${index}`);
    const replies = [];
    for (const taskId of ids) {
      await schedule('family', { taskId });
      replies.push(await ask('family', { type: 'run_task_now', taskId }));
    }
    expect(replies.map((reply) => reply?.ok)).toEqual([...ids.slice(1).map(() => true), false]);
    expect(replies.at(-1)).toMatchObject({ code: 'rate_limited' });
  });
});

describe('a task of another group', () => {
  const actions = ['update_task', 'pause_task', 'resume_task', 'cancel_task', 'run_task_now'];

  it.each(actions)('cannot be told from one that does not exist, and stays: %s', async (type) => {
    const id = await schedule('work');
    const before = stored(id);
    const more = { ...(type === 'update_task' && { prompt: 'mine now' }), groupFolder: 'work' };
    const foreign = await ask('family', { type, taskId: id, ...more });
    const missing = await ask('family', { type, taskId: 'none', ...more });
    expect(foreign).toMatchObject({ ok: false, code: 'unknown_task' });
    expect(missing).toEqual({ ...foreign, requestId: missing?.requestId });
    expect(stored(id)).toEqual(before);
    expect(createTaskRuns(world.db).openOf(id)).toBeUndefined();
  });

  it.each(actions)('is main’s to change: %s', async (type) => {
    const id = await schedule('work');
    const more = type === 'update_task' ? { prompt: 'changed' } : {};
    expect(await ask('main', { type, taskId: id, ...more })).toMatchObject({
      ok: true,
      task: { id, targetJid: WORK.jid },
    });
    expect(world.changed).toEqual(['work', 'work']);
  });
});
