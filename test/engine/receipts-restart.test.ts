import { expect, test } from 'vitest';
import { answer } from '../fakes/fake-runner.ts';
import { World } from './world.ts';

/** Reactions that the server has, in order, each id once: a resend replaces nothing on a phone. */
function emojis(world: World): string[] {
  const byId = new Map(
    world.channel.sent.flatMap((one) => (one.kind === 'reaction' ? [[one.id, one.emoji]] : [])),
  );
  return [...byId.values()];
}

function receiptsWorld(): World {
  const world = new World();
  world.receipts = true;
  return world;
}

test('a question that was stored before a crash shows that it was taken up in the next host, once', async () => {
  await using world = receiptsWorld();
  const asked = world.message();
  world.startHost().ingest(asked);
  world.crash();
  const engine = world.startHost();
  engine.ingest(asked);
  world.open();
  const run = await world.runner.waitForRun(1);
  await world.passUntilSent(1);
  expect(emojis(world)).toEqual(['👀']);
  run.end(answer('hi'));
  await engine.idle();
  expect(emojis(world)).toEqual(['👀', '✅']);
});

test('a receipt that was written but not confirmed before a crash is sent again under the same id', async () => {
  await using world = receiptsWorld();
  world.startHost();
  world.open();
  world.channel.respond = () => ({ status: 'unconfirmed', reason: 'cut' });
  world.engine?.ingest(world.message());
  await world.passUntilSent(1);
  const [first] = world.channel.sent;
  world.crash();
  world.startHost();
  world.open();
  await world.passUntilSent(1);
  expect(world.channel.sent[0]).toEqual(first);
});

test('a run that outlived its host shows its end in the next one', async () => {
  await using world = receiptsWorld();
  const first = world.startHost();
  world.open();
  first.ingest(world.message());
  const run = await world.runner.waitForRun(1);
  world.passDuringRuns(100);
  await world.channel.waitForSent(1);
  world.crash();
  const engine = world.startHost();
  world.runner.adoptable.set(run.request.runId, answer('from the old container'));
  world.open();
  await engine.idle();
  // The first receipt again, since its ack was never seen.
  expect(world.channel.texts).toEqual([
    expect.stringContaining('👀'),
    'from the old container',
    expect.stringContaining('✅'),
  ]);
});

test('an answer that was stored before a crash goes out with the end alone', async () => {
  await using world = receiptsWorld();
  const first = world.startHost();
  world.runner.respond = () => answer('hi');
  first.ingest(world.message());
  await first.idle();
  world.crash();
  const engine = world.startHost();
  world.open();
  await engine.idle();
  expect(world.channel.texts).toEqual(['hi', expect.stringContaining('✅')]);
  world.crash();
  world.startHost();
  world.open();
  await world.engine?.idle();
  expect(world.channel.sent).toEqual([]);
});

test('a question that is given up after crashes shows that it was not answered', async () => {
  await using world = receiptsWorld();
  world.startHost().ingest(world.message());
  await world.runner.waitForRun(1);
  for (let restart = 0; restart < 2; restart++) {
    world.crash();
    world.startHost().recover();
    await world.runner.waitForRun(1);
  }
  world.crash();
  const engine = world.startHost();
  engine.recover();
  await engine.idle();
  world.open();
  await engine.idle();
  expect(world.channel.texts).toEqual([
    expect.stringContaining('interrupted several times'),
    expect.stringContaining('⚠️'),
  ]);
});

test('questions from before there were receipts are answered without any', async () => {
  await using world = new World();
  world.startHost().ingest(world.message());
  world.crash();
  world.receipts = true;
  const engine = world.startHost();
  world.runner.respond = () => answer('hi');
  world.open();
  await engine.idle();
  expect(world.channel.texts).toEqual(['hi']);
});
