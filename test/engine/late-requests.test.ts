import { expect, test } from 'vitest';
import { failure } from './chain-world.ts';
import { World } from './world.ts';

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
