import { expect, test } from 'vitest';
import { answer } from '../fakes/fake-runner.ts';
import { failure } from './chain-world.ts';
import { HOUR, schedule, slotsOf } from './task-world.ts';
import { FAMILY, group, keyCredential, WORK, World } from './world.ts';

test('a message stored before a crash is answered by the next host', async () => {
  await using world = new World();
  const asked = world.message();
  world.startHost().ingest(asked);
  world.crash();
  const engine = world.startHost();
  world.runner.respond = () => answer('hi');
  expect(engine.ingest(asked)).toBe('duplicate');
  world.open();
  await engine.idle();
  expect(world.channel.texts).toEqual(['hi']);
});

test('a run that outlived its host is adopted and answered once', async () => {
  await using world = new World();
  const first = world.startHost();
  world.open();
  first.ingest(world.message());
  const run = await world.runner.waitForRun(1);
  world.crash();
  const engine = world.startHost();
  world.runner.adoptable.set(run.request.runId, answer('from the old container'));
  world.open();
  await engine.idle();
  expect(world.runner.runs).toHaveLength(0);
  expect(world.channel.texts).toEqual(['from the old container']);
});

test('a run whose container is gone is tried again, and given up after three attempts with a word', async () => {
  await using world = new World();
  world.startHost().ingest(world.message());
  const attempts = [(await world.runner.waitForRun(1)).request.runId];
  for (let restart = 0; restart < 2; restart++) {
    world.crash();
    world.startHost();
    world.open();
    attempts.push((await world.runner.waitForRun(1)).request.runId);
  }
  world.crash();
  const engine = world.startHost();
  world.open();
  await engine.idle();
  expect(new Set(attempts).size).toBe(3);
  expect(world.runner.adopted).toEqual([attempts[2]]);
  expect(world.channel.texts).toEqual([expect.stringContaining('interrupted several times')]);
});

test('a host that stops while it looks for a model spends no attempt of a run', async () => {
  await using world = new World();
  world.startHost().ingest(world.message());
  await world.runner.waitForRun(1);
  world.crash();
  const engine = world.startHost();
  world.credentialFor = () => {
    engine.stop();
    return keyCredential();
  };
  world.open();
  await engine.idle();
  expect(world.runner.runs).toEqual([]);
  expect(world.db?.prepare('select state, attempt from runs').all()).toEqual([
    { state: 'running', attempt: 1 },
  ]);
});

test('a run whose agent died while no host was there is tried again and answered once', async () => {
  await using world = new World();
  world.startHost().ingest(world.message());
  const run = await world.runner.waitForRun(1);
  world.crash();
  const engine = world.startHost();
  world.runner.adoptable.set(run.request.runId, failure('internal'));
  world.runner.respond = () => answer('from the second container');
  world.open();
  await engine.idle();
  expect(world.runner.adopted).toEqual([run.request.runId]);
  expect(world.channel.texts).toEqual(['from the second container']);
});

test('a run whose agent died after a tool had run is told and not tried again', async () => {
  await using world = new World();
  world.startHost().ingest(world.message());
  const run = await world.runner.waitForRun(1);
  world.crash();
  const engine = world.startHost();
  world.runner.adoptable.set(run.request.runId, failure('internal', { hasSideEffects: true }));
  world.open();
  await engine.idle();
  expect(world.runner.runs).toHaveLength(0);
  expect(world.channel.texts).toEqual([expect.stringContaining('something broke')]);
});

test('an orderly stop leaves a running run to the next host and loses nothing', async () => {
  await using world = new World();
  const first = world.startHost();
  world.open();
  first.ingest(world.message());
  const run = await world.runner.waitForRun(1);
  first.ingest(world.message({ text: '@Assistant and this?' }));
  await world.stopHost();
  const engine = world.startHost();
  world.runner.adoptable.set(run.request.runId, answer('one'));
  world.runner.respond = () => answer('two');
  world.open();
  await engine.idle();
  expect(world.channel.texts).toEqual(['one', 'two']);
});

test('an answer stored before a crash is sent by the next host under the same id', async () => {
  await using world = new World();
  const first = world.startHost();
  world.runner.respond = () => answer('hi');
  first.ingest(world.message());
  await first.idle();
  const stored = world.db?.prepare('select id from outbox').get();
  world.crash();
  world.startHost();
  world.open();
  await world.engine?.idle();
  expect(world.channel.sent.map(({ id }) => ({ id }))).toEqual([stored]);
});

test('a request repeated after a crash adds no second message', async () => {
  await using world = new World();
  const first = world.startHost();
  const id = first.enqueue(FAMILY, 'hello', 'ipc:family:1.json');
  world.crash();
  const engine = world.startHost();
  expect(engine.enqueue(FAMILY, 'hello', 'ipc:family:1.json')).toBe(id);
  world.open();
  await engine.idle();
  expect(world.channel.sent).toHaveLength(1);
});

test('a stop starts no waiting chat, so that stops alone never use up its attempts', async () => {
  await using world = new World();
  world.maxConcurrentContainers = 1;
  const first = world.startHost();
  first.ingest(world.message());
  await world.runner.waitForRun(1);
  first.ingest(world.message({ chatJid: WORK }));
  await world.stopHost();
  world.startHost();
  expect(world.db?.prepare('select chat_jid from runs').pluck().all()).toEqual([FAMILY]);
});

test('an adopted run ends under the provider and folder it was started with', async () => {
  await using world = new World();
  world.startHost().ingest(world.message());
  const run = await world.runner.waitForRun(1);
  world.crash();
  world.groups.set(
    FAMILY,
    group({ jid: FAMILY, name: 'Family', folder: 'kin', provider: 'codex' }),
  );
  const engine = world.startHost();
  world.runner.adoptable.set(run.request.runId, answer('hi', 'session-1'));
  world.open();
  await engine.idle();
  expect(world.db?.prepare('select folder, provider from sessions').all()).toEqual([
    { folder: 'family', provider: 'claude' },
  ]);
});

test('a run that is tried again follows the registration of that moment', async () => {
  await using world = new World();
  world.startHost().ingest(world.message({ chatJid: WORK }));
  await world.runner.waitForRun(1);
  world.crash();
  world.groups.set(WORK, group({ jid: WORK, name: 'Work', folder: 'office' }));
  const engine = world.startHost();
  world.runner.respond = () => answer('hi', 'session-1');
  world.open();
  await engine.idle();
  expect(world.runner.runs[0]?.request).toMatchObject({ provider: 'claude' });
  expect(world.db?.prepare('select folder, provider from sessions').all()).toEqual([
    { folder: 'office', provider: 'claude' },
  ]);
});

test('a run of a group that is registered no more is neither adopted nor told', async () => {
  await using world = new World();
  world.startHost().ingest(world.message());
  const run = await world.runner.waitForRun(1);
  world.crash();
  world.groups.delete(FAMILY);
  const engine = world.startHost();
  world.runner.adoptable.set(run.request.runId, answer('hi'));
  world.open();
  await engine.idle();
  expect(world.channel.sent).toEqual([]);
  expect(world.db?.prepare('select state from messages').pluck().all()).toEqual(['failed']);
});

test('a host that was stopped takes nothing up any more, so that its process can end', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const id = schedule(world);
  engine.stop();
  world.nowMs += HOUR;
  engine.recover();
  expect(slotsOf(world, id)).toEqual([]);
});
