import { expect, test } from 'vitest';
import { ChainWorld, FIRST, failure, HOUR_MS, SECOND, THIRD } from './chain-world.ts';
import { FAMILY, group } from './world.ts';

/** A host that is gone while its run waits for the first model, and the id under which its container is known. */
async function crashDuringRun(world: ChainWorld): Promise<string> {
  const engine = world.start();
  world.runner.respond = undefined;
  engine.ingest(world.message());
  const run = await world.runner.waitForRun(1);
  world.crash();
  return run.request.runId;
}

function coolingIn(world: ChainWorld): unknown[] {
  return world.db?.prepare('select name from model_cooldowns').pluck().all() ?? [];
}

test('what an adopted agent ends with counts for the model it asked, whatever the group asks by now', async () => {
  await using world = new ChainWorld();
  const runId = await crashDuringRun(world);
  const changed = { jid: FAMILY, name: 'F', folder: 'family', provider: 'responses', model: THIRD };
  world.groups.set(FAMILY, group(changed));
  const engine = world.start(false);
  const retryAt = world.nowMs + HOUR_MS;
  world.runner.adoptable.set(runId, failure('quota', { retryAt }));
  world.open();
  await engine.idle();
  expect(coolingIn(world)).toEqual([FIRST]);
  expect(world.asked).toEqual(['gpt-c']);
  expect(world.channel.texts).toEqual(['fine']);
  const row = world.db?.prepare('select provider, model, attempt, tries from runs').get();
  expect(row).toEqual({ provider: 'responses', model: THIRD, attempt: 2, tries: 1 });
});

test('an adopted agent whose credential was refused is tried again with the one of now', async () => {
  await using world = new ChainWorld([FIRST]);
  const runId = await crashDuringRun(world);
  const engine = world.start(false);
  world.runner.adoptable.set(runId, failure('auth'));
  world.open();
  await engine.idle();
  expect(world.asked).toEqual(['gpt-a']);
  expect(world.channel.texts).toEqual(['fine']);
});

test('an adopted agent that is refused again with the credential of now gives way to the next model', async () => {
  await using world = new ChainWorld([FIRST, SECOND]);
  const runId = await crashDuringRun(world);
  const engine = world.start(false);
  world.outcomes = { 'gpt-a': () => failure('auth') };
  world.runner.adoptable.set(runId, failure('auth'));
  world.open();
  await engine.idle();
  expect(world.asked).toEqual(['gpt-a', 'gpt-b']);
});

test('an adopted agent that was refused after a tool had run is not tried again', async () => {
  await using world = new ChainWorld();
  const runId = await crashDuringRun(world);
  const engine = world.start(false);
  world.runner.adoptable.set(runId, failure('auth', { hasSideEffects: true }));
  world.open();
  await engine.idle();
  expect(world.asked).toEqual([]);
  expect(world.channel.texts).toEqual([
    expect.stringContaining('sign-in to the model was refused'),
  ]);
});
