import { expect, test } from 'vitest';
import { createTaskRuns } from '../../src/db/task-runs.ts';
import { createTasks } from '../../src/db/tasks.ts';
import { answer } from '../fakes/fake-runner.ts';
import { HOUR, MINUTE, schedule, slotsOf, taskOf } from './task-world.ts';
import { FAMILY, group, MAIN, World } from './world.ts';

const failed = (
  reason: 'overloaded' | 'auth' | 'internal' | 'script' | 'refused',
  hasSideEffects = false,
) => ({ status: 'failed' as const, class: reason, detail: 'no luck', hasSideEffects });

test('a task fires at its time, says that it is one, and its answer goes to the chat', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  const id = schedule(world, { prompt: 'Weather & <news>' });
  await engine.idle();
  await world.passUntil(start + HOUR - 1_000);
  expect(world.runner.runs).toHaveLength(0);
  world.runner.respond = () => ({ ...answer('Sunny', 's1'), usage });
  await world.passUntil(start + HOUR);
  const [run] = world.runner.runs;
  expect(run?.request.prompt).toContain('This is a scheduled task');
  expect(run?.request.prompt).toContain('planned="Sat 2026-11-21 13:00"');
  expect(run?.request.prompt).toContain('Weather &amp; &lt;news&gt;');
  expect(run?.request.task).toEqual({});
  expect(world.channel.texts).toEqual(['Sunny']);
  expect(world.channel.sent[0]).not.toHaveProperty('quoted');
  expect(slotsOf(world, id)).toMatchObject([{ state: 'answered', attempt: 1, tokens: 30 }]);
  expect(taskOf(world, id)).toMatchObject({ status: 'active' });
});
/** Slots are whole seconds. */
const wholeSecond = (at: number) => at - (at % 1000);
const usage = { inputTokens: 10, cachedInputTokens: 0, outputTokens: 20 };

test('a task of the group knows the conversation and its session, an isolated one neither', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi', 's1');
  engine.ingest(world.message({ text: '@Assistant I like tea' }));
  await engine.idle();
  engine.ingest(world.message({ text: 'coffee is fine too' }));
  const start = wholeSecond(world.nowMs);
  schedule(world, { prompt: 'with', scheduleValue: '1h' });
  schedule(world, { prompt: 'alone', scheduleValue: '2h', contextMode: 'isolated' });
  await engine.idle();
  world.runner.respond = (run) =>
    answer('done', run.request.prompt.includes('alone') ? 's9' : 's2');
  await world.passUntil(start + 2 * HOUR + MINUTE);
  const [, first, ...others] = world.runner.runs.map((run) => run.request);
  expect(first?.claude?.sessionId).toBe('s1');
  expect(first?.history).toContain('I like tea');
  expect(first?.prompt).toContain('coffee is fine too');
  const alone = others.find((request) => request.prompt.includes('alone'));
  expect(alone?.claude?.sessionId).toBeUndefined();
  expect(alone?.history).toBe('');
  expect(alone?.prompt).not.toContain('coffee');
  const again = others.find((request) => request.prompt.includes('with'));
  expect(again?.claude?.sessionId).toBe('s2');
});

test('a task ends silently only when it says so', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  const id = schedule(world);
  await engine.idle();
  world.runner.respond = () => answer('<internal>nothing new</internal>');
  await world.passUntil(start + HOUR);
  expect(world.channel.texts).toEqual([]);
  expect(slotsOf(world, id)).toMatchObject([{ state: 'silent' }]);
  world.runner.respond = () => answer('');
  await world.passUntil(start + 2 * HOUR + 10 * MINUTE);
  expect(world.channel.texts).toEqual([expect.stringContaining('ended without an answer')]);
  expect(slotsOf(world, id)).toMatchObject([{}, { state: 'failed', attempt: 3 }]);
});

test('a pre-check script travels with the request, and one that does not wake the agent is quiet', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  const id = schedule(world, { script: 'echo hi' });
  await engine.idle();
  world.runner.respond = () => ({ ...answer(''), isNotWoken: true });
  await world.passUntil(start + HOUR);
  expect(world.runner.runs[0]?.request.task).toEqual({ script: 'echo hi' });
  expect(world.channel.texts).toEqual([]);
  expect(slotsOf(world, id)).toMatchObject([{ state: 'not_woken' }]);
});

test('a failure that may pass is tried again after a minute and five, then the group is told', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  const id = schedule(world, { script: 'false' });
  await engine.idle();
  const startedAt: number[] = [];
  world.runner.respond = () => {
    startedAt.push(Math.round((world.nowMs - start - HOUR) / MINUTE));
    return failed('script');
  };
  await world.passUntil(start + HOUR + 10 * MINUTE);
  expect(startedAt).toEqual([0, 1, 6]);
  expect(world.channel.texts).toEqual([
    expect.stringMatching(
      /“Say how the weather is” of Sat 2026-11-21 13:00 failed because the script/,
    ),
  ]);
  expect(slotsOf(world, id)).toMatchObject([
    { state: 'failed', attempt: 3, reason: 'script: no luck' },
  ]);
  expect(taskOf(world, id).failures).toBe(1);
});

test.each([
  ['what a person has to mend', failed('auth')],
  ['what has had effects', failed('internal', true)],
])('%s is not tried again', async (_name, outcome) => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  const id = schedule(world);
  await engine.idle();
  world.runner.respond = () => outcome;
  await world.passUntil(start + HOUR + 30 * MINUTE);
  expect(world.runner.runs).toHaveLength(1);
  expect(slotsOf(world, id)).toMatchObject([{ state: 'failed', attempt: 1 }]);
});

test('after three failed slots in a row the task is paused and says so; a success begins anew', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  const id = schedule(world);
  await engine.idle();
  const outcomes = [failed('refused'), failed('refused'), answer('fine')];
  world.runner.respond = () => outcomes.shift() ?? failed('refused');
  await world.passUntil(start + 5 * HOUR + MINUTE);
  expect(taskOf(world, id)).toMatchObject({ status: 'active', failures: 2 });
  await world.passUntil(start + 12 * HOUR);
  expect(taskOf(world, id)).toMatchObject({ status: 'paused', statusReason: 'failures' });
  expect(world.runner.runs).toHaveLength(6);
  expect(world.channel.texts.at(-1)).toContain('I have paused it');
  expect(world.channel.texts.filter((text) => text.includes('paused'))).toHaveLength(1);
});

test('after a short downtime the slot is caught up on, once, and knows that it is late', async () => {
  await using world = new World();
  world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  const id = schedule(world, { scheduleType: 'cron', scheduleValue: '0 13 * * *' });
  await world.stopHost();
  world.nowMs = start + HOUR + 40 * MINUTE;
  const engine = world.startHost();
  world.runner.respond = () => answer('Sunny');
  world.open();
  await engine.idle();
  expect(world.channel.texts).toEqual(['Sunny']);
  expect(world.runner.runs[0]?.request.prompt).toContain('now="Sat 2026-11-21 13:40 (late)"');
  expect(slotsOf(world, id)).toMatchObject([{ state: 'answered' }]);
});

test('slots missed by more than the grace are recorded as skipped and told once for all tasks', async () => {
  await using world = new World();
  world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  const daily = schedule(world, {
    prompt: 'daily',
    scheduleType: 'cron',
    scheduleValue: '0 13 * * *',
  });
  const often = schedule(world, { prompt: 'often', scheduleValue: '10m' });
  const once = schedule(world, {
    prompt: 'once',
    scheduleType: 'once',
    scheduleValue: '2026-11-21T12:30',
  });
  await world.stopHost();
  world.nowMs = start + 5 * HOUR + MINUTE;
  const engine = world.startHost();
  world.runner.respond = () => answer('ran');
  world.open();
  await engine.idle();
  expect(world.channel.texts.toSorted()).toEqual([
    [
      'I could not run these scheduled tasks in time and left them out:',
      '- “often”: Sat 2026-11-21 12:10 to Sat 2026-11-21 17:00',
      '- “once”: Sat 2026-11-21 12:30',
      '- “daily”: Sat 2026-11-21 13:00',
    ].join('\n'),
    'ran',
  ]);
  expect(slotsOf(world, daily)).toMatchObject([{ state: 'skipped', reason: 'missed' }]);
  expect(slotsOf(world, often)).toMatchObject([
    { state: 'skipped', missedUntil: start + 5 * HOUR },
    { state: 'answered', scheduledFor: start + 5 * HOUR },
  ]);
  expect(taskOf(world, once)).toMatchObject({ status: 'done', nextRunAt: null });
});

test('a task that ran when the host crashed is done by the next host, once', async () => {
  await using world = new World();
  const first = world.startHost();
  world.maxConcurrentContainers = 1;
  world.open();
  const start = wholeSecond(world.nowMs);
  const id = schedule(world);
  await first.idle();
  world.nowMs = start + HOUR;
  first.onTasksChanged();
  await world.runner.waitForRun(1);
  world.crash();
  const engine = world.startHost();
  world.open();
  expect(slotsOf(world, id)).toMatchObject([{ state: 'running' }]);
  world.runner.respond = () => answer('after the crash');
  await engine.idle();
  expect(world.channel.texts).toEqual(['after the crash']);
  expect(slotsOf(world, id)).toMatchObject([{ state: 'answered', attempt: 1 }]);
});

test('a slot whose run did not begin before a crash waits for the next host', async () => {
  await using world = new World();
  world.maxConcurrentContainers = 1;
  const first = world.startHost();
  world.open();
  first.ingest(world.message({ chatJid: MAIN, isGroup: false }));
  await world.runner.waitForRun(1);
  const start = wholeSecond(world.nowMs);
  const id = schedule(world);
  world.nowMs = start + HOUR;
  first.onTasksChanged();
  await new Promise(setImmediate);
  expect(slotsOf(world, id)).toMatchObject([{ state: 'waiting' }]);
  world.crash();
  const engine = world.startHost();
  world.runner.respond = () => answer('done');
  world.open();
  await engine.idle();
  expect(slotsOf(world, id)).toMatchObject([{ state: 'answered', attempt: 1 }]);
  expect(world.channel.sent.filter((message) => message.chatJid === FAMILY)).toHaveLength(1);
});

test('a clock that is set back and forth runs no slot twice', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  const id = schedule(world, { scheduleValue: '10m' });
  await engine.idle();
  world.runner.respond = () => answer('ran');
  await world.passUntil(start + 30 * MINUTE);
  world.nowMs = start;
  engine.onTasksChanged();
  await engine.idle();
  await world.passUntil(start + 60 * MINUTE);
  expect(slotsOf(world, id).map((slot) => (slot.scheduledFor - start) / (10 * MINUTE))).toEqual([
    1, 2, 3, 4, 5, 6,
  ]);
  expect(world.runner.runs).toHaveLength(6);
});

test('a task and a message of one chat take turns and run one after the other', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  schedule(world);
  await engine.idle();
  engine.ingest(world.message({ text: '@Assistant one' }));
  const first = await world.runner.waitForRun(1);
  world.nowMs = start + HOUR + 1_000;
  engine.onTasksChanged();
  engine.ingest(world.message({ text: '@Assistant two' }));
  await new Promise(setImmediate);
  expect(world.runner.runs).toHaveLength(1);
  first.end(answer('first'));
  const second = await world.runner.waitForRun(2);
  expect(second.request.prompt).toContain('scheduled task');
  expect(second.request.prompt).not.toContain('Assistant two');
  second.end(answer('second'));
  const third = await world.runner.waitForRun(3);
  expect(third.request.prompt).toContain('Assistant two');
  third.end(answer('third'));
  await engine.idle();
  expect(world.channel.texts).toEqual(['first', 'second', 'third']);
});

test('while a task is still busy its next slots are left out, and that is said once', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  const id = schedule(world, { scheduleValue: '1m' });
  world.nowMs = start + MINUTE;
  engine.onTasksChanged();
  const run = await world.runner.waitForRun(1);
  for (const minutes of [2, 3, 4]) {
    world.nowMs = start + minutes * MINUTE;
    engine.onTasksChanged();
    await new Promise(setImmediate);
  }
  run.end(answer('done'));
  await engine.idle();
  expect(slotsOf(world, id).map((slot) => slot.state)).toEqual([
    'answered',
    'skipped',
    'skipped',
    'skipped',
  ]);
  expect(world.channel.texts).toEqual([expect.stringContaining('still busy'), 'done']);
});

test('a task of a group that is registered no more is paused', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const start = wholeSecond(world.nowMs);
  const id = schedule(world);
  await engine.idle();
  world.groups.set(FAMILY, group({ jid: FAMILY, name: 'Family', folder: 'another' }));
  await world.passUntil(start + 3 * HOUR);
  expect(world.runner.runs).toHaveLength(0);
  expect(taskOf(world, id)).toMatchObject({ status: 'paused', statusReason: 'unregistered' });
  expect(slotsOf(world, id)).toMatchObject([{ state: 'skipped', reason: 'unregistered' }]);
});

test('a run that somebody asks for leaves the schedule as it is, also of a paused task', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const id = schedule(world);
  const tasks = createTasks(world.db!);
  tasks.setStatus(id, { status: 'paused' }, world.nowMs);
  world.runner.respond = () => answer('now');
  expect(createTaskRuns(world.db!).runNow(id, world.nowMs)).toBe(true);
  expect(createTaskRuns(world.db!).runNow(id, world.nowMs + 5)).toBe(false);
  engine.onTasksChanged();
  await world.channel.waitForSent(1);
  await engine.idle();
  expect(world.channel.texts).toEqual(['now']);
  expect(taskOf(world, id)).toMatchObject({ status: 'paused', nextRunAt: null });
  expect(slotsOf(world, id)).toMatchObject([{ kind: 'manual', state: 'answered' }]);
});

test('a cancelled task drops the slot that waits', async () => {
  await using world = new World();
  world.maxConcurrentContainers = 1;
  const engine = world.startHost();
  world.open();
  engine.ingest(world.message({ chatJid: MAIN, isGroup: false }));
  const busy = await world.runner.waitForRun(1);
  const id = schedule(world);
  createTaskRuns(world.db!).runNow(id, world.nowMs);
  createTasks(world.db!).setStatus(id, { status: 'cancelled' }, world.nowMs);
  busy.end(answer('done'));
  await engine.idle();
  expect(world.runner.runs).toHaveLength(1);
  expect(slotsOf(world, id)).toMatchObject([{ state: 'skipped', reason: 'cancelled' }]);
});

test("times are those of the group's zone", async () => {
  await using world = new World();
  const timeZone = 'Asia/Tokyo';
  world.groups.set(FAMILY, group({ jid: FAMILY, name: 'Family', folder: 'family', timeZone }));
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  engine.ingest(world.message({ sentAt: Date.UTC(2026, 10, 21, 12) }));
  await engine.idle();
  expect(world.runner.runs[0]?.request.timeZone).toBe(timeZone);
  expect(world.runner.runs[0]?.request.prompt).toContain('time="2026-11-21 21:00:00"');
});
