import { expect, test } from 'vitest';
import { answer, type FakeRun } from '../fakes/fake-runner.ts';
import { schedule } from './task-world.ts';
import { FAMILY, group, MAIN, WORK, World } from './world.ts';

const SECOND = 1_000;
const ONE_AHEAD =
  '1 question of another group is ahead of yours; I answer as soon as it is your turn.';
const TWO_AHEAD =
  '2 questions of other groups are ahead of yours; I answer as soon as it is your turn.';

/** With one place for agents, which a chat has taken. */
async function startBusy(world: World, chatJid = FAMILY): Promise<FakeRun> {
  world.receipts = true;
  world.maxConcurrentContainers = 1;
  const engine = world.startHost();
  world.open();
  engine.ingest(world.message({ chatJid }));
  return world.runner.waitForRun(1);
}

function texts(world: World, chatJid: string): string[] {
  return world.channel.sent.flatMap((message) =>
    message.kind === 'text' && message.chatJid === chatJid ? [message.text] : [],
  );
}

/** Everything that is told so far has gone out. */
async function finish(world: World, run: FakeRun): Promise<void> {
  world.runner.respond = () => answer('hi');
  run.end(answer('hi'));
  await world.engine?.idle();
}

test('who waits for the places of others is told how many are ahead, once', async () => {
  await using world = new World();
  const run = await startBusy(world);
  world.engine?.ingest(world.message({ chatJid: WORK }));
  world.engine?.ingest(world.message({ chatJid: MAIN }));
  world.passDuringRuns(4 * SECOND);
  world.engine?.ingest(world.message({ chatJid: WORK }));
  world.passDuringRuns(60 * SECOND);
  await finish(world, run);
  expect(texts(world, WORK)).toEqual([ONE_AHEAD, 'hi']);
  expect(texts(world, MAIN)).toEqual([TWO_AHEAD, 'hi']);
  expect(texts(world, FAMILY)).toEqual(['hi']);
});

test('whose turn comes within moments is told nothing', async () => {
  await using world = new World();
  const run = await startBusy(world);
  world.engine?.ingest(world.message({ chatJid: WORK }));
  world.passDuringRuns(2 * SECOND);
  run.end(answer('hi'));
  const second = await world.runner.waitForRun(2);
  world.passDuringRuns(10 * SECOND);
  await finish(world, second);
  expect(texts(world, WORK)).toEqual(['hi']);
});

test('a group that is registered no more is not told that it waits', async () => {
  await using world = new World();
  const run = await startBusy(world);
  world.engine?.ingest(world.message({ chatJid: WORK }));
  world.groups.delete(WORK);
  world.passDuringRuns(10 * SECOND);
  await finish(world, run);
  expect(texts(world, WORK)).toEqual([]);
});

test('a second wait of the same chat is told again', async () => {
  await using world = new World();
  const run = await startBusy(world);
  world.engine?.ingest(world.message({ chatJid: WORK }));
  world.passDuringRuns(4 * SECOND);
  await finish(world, run);
  world.runner.respond = undefined;
  world.engine?.ingest(world.message());
  const again = await world.runner.waitForRun(3);
  world.engine?.ingest(world.message({ chatJid: WORK }));
  world.passDuringRuns(4 * SECOND);
  await finish(world, again);
  expect(texts(world, WORK)).toEqual([ONE_AHEAD, 'hi', ONE_AHEAD, 'hi']);
});

test('a question asked during a run of its own chat is told nothing', async () => {
  await using world = new World();
  const run = await startBusy(world);
  world.engine?.ingest(world.message());
  world.passDuringRuns(10 * SECOND);
  await finish(world, run);
  expect(texts(world, FAMILY)).toEqual(['hi', 'hi']);
});

test('the wait of what was asked during a run is not the wait before that run', async () => {
  await using world = new World();
  const run = await startBusy(world);
  world.engine?.ingest(world.message({ chatJid: WORK }));
  world.passDuringRuns(SECOND);
  run.end(answer('hi'));
  const second = await world.runner.waitForRun(2);
  world.engine?.ingest(world.message({ chatJid: MAIN }));
  world.engine?.ingest(world.message({ chatJid: WORK }));
  second.end(answer('hi'));
  const third = await world.runner.waitForRun(3);
  expect(third.group.jid).toBe(MAIN);
  world.passDuringRuns(10 * SECOND);
  await finish(world, third);
  expect(texts(world, WORK)).toEqual(['hi', 'hi']);
});

test('a scheduled task that waits tells nobody', async () => {
  await using world = new World();
  const run = await startBusy(world, WORK);
  schedule(world);
  world.passDuringRuns(3_700 * SECOND);
  await finish(world, run);
  expect(world.runner.runs).toHaveLength(2);
  expect(texts(world, FAMILY)).toEqual(['hi']);
});

test('a group without receipts is told nothing', async () => {
  await using world = new World();
  const run = await startBusy(world);
  world.groups.set(WORK, group({ jid: WORK, name: 'Work', folder: 'work', receipts: false }));
  world.engine?.ingest(world.message({ chatJid: WORK }));
  world.passDuringRuns(10 * SECOND);
  await finish(world, run);
  expect(texts(world, WORK)).toEqual(['hi']);
});

test('a wait that goes on after a restart is told once in all', async () => {
  await using world = new World();
  await startBusy(world);
  world.engine?.ingest(world.message({ chatJid: WORK }));
  world.passDuringRuns(4 * SECOND);
  await world.channel.waitForSent(1);
  world.crash();
  world.startHost();
  world.open();
  const run = await world.runner.waitForRun(1);
  world.passDuringRuns(10 * SECOND);
  await finish(world, run);
  const told = world.db
    ?.prepare("select count(*) from outbox where origin like 'queued:%'")
    .pluck();
  expect(told?.get()).toBe(1);
});

test('a wait that begins with a restart is told', async () => {
  await using world = new World();
  await startBusy(world);
  world.engine?.ingest(world.message({ chatJid: WORK }));
  world.crash();
  world.startHost();
  world.open();
  const run = await world.runner.waitForRun(1);
  world.passDuringRuns(10 * SECOND);
  await finish(world, run);
  expect(texts(world, WORK)).toEqual([ONE_AHEAD, 'hi']);
});
