import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CrashPoint } from '../../src/crash-points.ts';
import { type AskedRun, answer, type CrashGroup, CrashWorld } from './crash-world.ts';

const forAll = new AbortController();

let world: CrashWorld;

beforeAll(async () => {
  world = await CrashWorld.start(forAll.signal);
});
afterAll(() => world[Symbol.asyncDispose]());

/** A failure after which the same model is asked once more at once. */
function fail({ say }: AskedRun): void {
  say({ type: 'failed', class: 'session', detail: 'no such session', hasSideEffects: false });
}

async function askWith(
  act: (run: AskedRun) => void,
  point: CrashPoint,
  signal: AbortSignal,
): Promise<CrashGroup> {
  const group = await world.addGroup(signal);
  world.act = act;
  await world.host.ask({ ask: 'arm', point, pass: 1 }, signal);
  await world.ana.sendText(group.chat, '@Assistant hello');
  await world.hostDies(point, signal);
  return group;
}

function askedOf(group: CrashGroup): string[] {
  const asked = world.asked.filter(({ folder }) => folder === group.folder);
  return asked.map(({ runId }) => runId.split('-').at(-1) ?? '');
}

test.for<readonly [title: string, point: CrashPoint, attempts: readonly string[]]>([
  ['the failure of an attempt is heard again', 'attempt-failed', ['1', '2']],
  ['an attempt that had begun is followed by the next one', 'attempt-begun', ['1', '3']],
])('row 17: %s after a kill at %s, and its answer comes once', async (row, { signal }) => {
  const [, point, attempts] = row;
  const isFirst = (run: AskedRun) => run.runId.endsWith('-1');
  const group = await askWith((run) => (isFirst(run) ? fail(run) : answer(run)), point, signal);
  await world.startHost(signal);
  await world.shows(group, 'the answer', signal);
  await world.rest(signal);
  expect(world.shown(group)).toEqual(['the answer']);
  expect(askedOf(group)).toEqual(attempts);
});

test('row 6: an agent that died with its host is followed by another one, whose answer comes once', async ({
  signal,
}) => {
  const group = await askWith(() => {}, 'request-sent', signal);
  world.killAgents();
  world.act = answer;
  await world.startHost(signal);
  await world.shows(group, 'the answer', signal);
  await world.rest(signal);
  expect(world.shown(group)).toEqual(['the answer']);
  expect(askedOf(group)).toEqual(['1', '2']);
});

test('row 17: a run that outlives three hosts without an answer is given up, and its chat is told once', async ({
  signal,
}) => {
  const group = await askWith(() => {}, 'request-sent', signal);
  for (let next = 2; next <= 3; next += 1) {
    world.killAgents();
    await world.startDoomedHost('request-sent', signal);
  }
  world.killAgents();
  await world.startHost(signal);
  await world.shows(group, 'interrupted several times', signal);
  await world.rest(signal);
  expect(world.shown(group)).toHaveLength(1);
  expect(askedOf(group)).toEqual(['1', '2', '3']);
  const states = world.column('select state from runs where chat_jid = ?', group.chat.jid);
  expect(states).toEqual(['failed']);
});

test('row 11: a phone that asks for an answer again gets it from the next host after a kill at resend-asked', async ({
  signal,
}) => {
  const group = await world.addGroup(signal);
  world.act = answer;
  await world.ana.sendText(group.chat, '@Assistant hello');
  const { id } = await world.shows(group, 'the answer', signal);
  await world.rest(signal);
  // The host that has sent it would give it from its memory.
  await world.stopHost();
  world.ana.requestRetry(id);
  await world.startDoomedHost('resend-asked', signal);
  await world.startHost(signal);
  await world.ana.waitForMessage((seen) => seen.id === id && seen.deliveries === 2, signal);
  expect(world.shown(group)).toEqual(['the answer']);
});
