import { expect, test } from 'vitest';
import { answer } from '../fakes/fake-runner.ts';
import { World } from './world.ts';

test('messages without trigger wait and are given to the next run as context', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('ok');
  expect(engine.ingest(world.message({ text: 'the cake is at noon' }))).toBe('context');
  await engine.idle();
  expect(world.runner.runs).toHaveLength(0);
  engine.ingest(world.message({ text: '@Assistant when is the cake?' }));
  await engine.idle();
  const prompt = world.runner.runs[0]?.request.prompt;
  expect(prompt).toMatch(/the cake is at noon[^]*when is the cake/);
});

test('a later run sees the earlier conversation with our answers as history, and no message twice', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('at noon', 'session-1');
  engine.ingest(world.message({ text: '@Assistant first question' }));
  await engine.idle();
  engine.ingest(world.message({ text: '@Assistant second question' }));
  await engine.idle();
  const second = world.runner.runs[1]?.request;
  expect(second?.history).toMatch(/first question[^]*sender="assistant"[^]*at noon/);
  expect(second?.prompt).toContain('second question');
  expect(second?.prompt).not.toContain('first question');
  expect(second?.claude?.sessionId).toBe('session-1');
});

test('a long text that nobody asked for does not push a question out of the prompt', async () => {
  await using world = new World();
  const engine = world.startHost();
  engine.ingest(world.message({ text: '@Assistant when is the cake?' }));
  engine.ingest(world.message({ text: 'long '.repeat(13_000) }));
  engine.ingest(world.message({ text: 'the cake is at noon' }));
  const { request } = await world.runner.waitForRun(1);
  expect(request.prompt).toMatch(/when is the cake[^]*the cake is at noon/);
  expect(request.prompt).not.toContain('long long');
});

test('of many missed messages the newest are shown, and every question', async () => {
  await using world = new World();
  const engine = world.startHost();
  engine.ingest(world.message({ text: '@Assistant first question' }));
  for (let index = 0; index < 300; index += 1) engine.ingest(world.message({ text: `(${index})` }));
  const { request } = await world.runner.waitForRun(1);
  expect(request.prompt.match(/<message /g)).toHaveLength(201);
  expect(request.prompt).toContain('first question');
  expect(request.prompt).toContain('(299)');
  expect(request.prompt).not.toContain('(99)');
});

test('an answer that names a member by name mentions that member', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('Over to you, @Ana.');
  engine.ingest(world.message());
  await engine.idle();
  expect(world.channel.sent).toMatchObject([
    { text: 'Over to you, @5.', mentions: ['5@s.whatsapp.net'] },
  ]);
});
