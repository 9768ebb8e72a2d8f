import { expect, test } from 'vitest';
import { answer } from '../fakes/fake-runner.ts';
import { failure } from './chain-world.ts';
import { FAMILY, World } from './world.ts';

test('requests of a run that failed are settled before its chat is told, not within the next run', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const textsBefore: number[] = [];
  world.onSettleRequests = () => void textsBefore.push(world.channel.texts.length);
  world.runner.respond = () => failure('refused');
  engine.ingest(world.message());
  await engine.idle();
  expect(textsBefore).toEqual([0]);
  expect(world.channel.texts).toEqual([expect.stringContaining('refused this request')]);
});

test('what an earlier agent left in the mailbox is handled before the next run begins, and is no word of it', async () => {
  await using world = new World();
  const engine = world.startHost();
  world.open();
  const look = Promise.withResolvers<void>();
  world.recovering = look.promise;
  world.runner.respond = () => answer('');
  engine.ingest(world.message());
  await new Promise(setImmediate);
  expect(world.runner.runs).toEqual([]);
  engine.enqueue(FAMILY, 'left behind', 'ipc:family:1.json');
  look.resolve();
  await engine.idle();
  expect(world.channel.texts).toEqual([
    'left behind',
    expect.stringContaining('without an answer'),
  ]);
});
