import { expect, test } from 'vitest';
import { answer } from '../fakes/fake-runner.ts';
import { watchedDoors } from '../fakes/watched-doors.ts';
import { FAMILY, World } from './world.ts';

/** A host after one that was killed while an agent of the family had a run; `events`: what happens at its doors. */
async function startNext(world: World) {
  world.startHost().ingest(world.message());
  const { request } = await world.runner.waitForRun(1);
  world.crash();
  const events: string[] = [];
  world.gateway = watchedDoors(events);
  return { engine: world.startHost(), attemptId: request.runId, events };
}

test('the door of an agent that is taken over closes with its run, before what it has asked for is handled', async () => {
  await using world = new World();
  const { engine, attemptId, events } = await startNext(world);
  world.onSettleRequests = () => void events.push('requests handled');
  world.runner.adoptable.set(attemptId, answer('done'));
  await engine.readmit(new Set(['family']));
  expect(events).toEqual(['admitted again']);
  world.open();
  await engine.idle();
  expect(events).toEqual(['admitted again', 'settled', 'closed', 'requests handled']);
  expect(world.channel.texts).toEqual(['done']);
});

test('the door of an agent that goes on is closed when its group is not registered any more', async () => {
  await using world = new World();
  const { engine, events } = await startNext(world);
  await engine.readmit(new Set(['family']));
  world.groups.delete(FAMILY);
  world.open();
  await engine.idle();
  expect(events).toEqual(['admitted again', 'closed']);
  expect(world.runner.adopted).toEqual([]);
});
