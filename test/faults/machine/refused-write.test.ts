import { expect, test } from 'vitest';
import { World } from '../../engine/world.ts';
import { answer } from '../../fakes/fake-runner.ts';

const HALF_MINUTE_MS = 30_000;

/** While it is refused nothing can be written, as on a disk that is full or was made read-only. */
function refuseWrites(world: World, isRefused: boolean): void {
  world.db?.pragma(`query_only = ${isRefused ? 'on' : 'off'}`);
}

async function passHalfMinute(world: World): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  world.passDuringRuns(HALF_MINUTE_MS);
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

async function askAndRefuse(world: World): Promise<void> {
  world.startHost();
  world.open();
  world.engine?.ingest(world.message());
  const run = await world.runner.waitForRun(1);
  refuseWrites(world, true);
  run.end(answer('worth keeping'));
}

test('an answer that cannot be stored is kept until it can, and its agent is asked once', async () => {
  await using world = new World();
  await askAndRefuse(world);
  for (let passed = 0; passed < 5; passed++) await passHalfMinute(world);
  expect(world.channel.texts).toEqual([]);
  refuseWrites(world, false);
  await passHalfMinute(world);
  await world.engine?.idle();
  expect(world.channel.texts).toEqual(['worth keeping']);
  expect(world.runner.runs).toHaveLength(1);
});

test('a host that stops before an answer could be stored leaves the run to the next one', async () => {
  await using world = new World();
  await askAndRefuse(world);
  await passHalfMinute(world);
  await world.stopHost();
  const engine = world.startHost();
  world.runner.respond = () => answer('asked again');
  world.open();
  await engine.idle();
  expect(world.channel.texts).toEqual(['asked again']);
});
