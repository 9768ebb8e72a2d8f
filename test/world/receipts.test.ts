import { proto } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from '../docker/engine.ts';
import { BY_NETWORK } from '../fakes/by-network.ts';
import { answer, FakeRunner } from '../fakes/fake-runner.ts';
import type { Group, Phone, SeenMessage } from '../loopback/whatsapp/server.ts';
import type { AddressingMode } from '../loopback/whatsapp/types.ts';
import { LoopbackWorld } from './loopback-world.ts';
import { LOOPBACK_REACH } from './model-reach.ts';

const HOUR_MS = 3_600_000;
const signal = new AbortController().signal;

let runner: FakeRunner;
let world: LoopbackWorld;
let clockOffsetMs: number;
/** Asks; Bob watches, since a phone keeps no reactions to what it sent itself. */
let ana: Phone;
let bob: Phone;

beforeEach(async () => {
  clockOffsetMs = 0;
  runner = new FakeRunner();
  world = await LoopbackWorld.start({
    runtime: 'process',
    reach: LOOPBACK_REACH,
    projectRoot,
    agents: {
      get runner() {
        return runner;
      },
      ...BY_NETWORK,
      handOver: () => Promise.resolve(),
      prepare: () => Promise.resolve(),
    },
    env: { RECEIPTS: 'on', MAX_CONCURRENT_CONTAINERS: '1' },
    now: () => Date.now() + clockOffsetMs,
  });
  await world.link(signal);
  ana = world.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  bob = world.whatsapp.addPhone({ name: 'Bob', phoneNumber: '15550000003' });
  await world.startHost(signal);
});
afterEach(() => world[Symbol.asyncDispose]());

async function addGroup(folder: string, addressingMode: AddressingMode = 'lid'): Promise<Group> {
  const group = world.whatsapp.addGroup({ subject: folder, members: [ana, bob], addressingMode });
  const registration = { jid: group.jid, name: folder, folder };
  const outcome = await world.app.registrations.add(registration, signal);
  if (outcome.status !== 'saved') throw new Error(JSON.stringify(outcome));
  return group;
}

/** Resolves when Bob's phone shows the assistant's reaction at a message. */
function waitForReaction(id: string, emoji: string): Promise<SeenMessage> {
  const { owner } = world.whatsapp;
  return bob.waitForMessage(
    (seen) => seen.id === id && seen.reactions.get(owner.jid) === emoji,
    signal,
  );
}

/** What the assistant has written to a group. */
function written({ jid }: Group): string[] {
  return bob.seen.flatMap((seen) => (seen.fromCompanion && seen.chat === jid ? [seen.text] : []));
}

test.for(['lid', 'pn'] as const)(
  'phones of a group that names people by %s show what becomes of a question',
  async (addressingMode) => {
    const group = await addGroup('family', addressingMode);
    const { id } = await ana.sendText(group, '@Assistant hello');
    const run = await runner.waitForRun(1);
    await waitForReaction(id, '👀');
    run.end(answer('hi'));
    await waitForReaction(id, '✅');
    expect(written(group)).toEqual(['hi']);
  },
);

test('a question that is not answered is marked, beside one sentence', async () => {
  const group = await addGroup('family');
  const { id } = await ana.sendText(group, '@Assistant hello');
  const run = await runner.waitForRun(1);
  await waitForReaction(id, '👀');
  run.end({ status: 'failed', class: 'refused', detail: 'x', hasSideEffects: true });
  await waitForReaction(id, '⚠️');
  expect(written(group)).toEqual([expect.stringContaining('refused this request')]);
});

test('a direct chat shows receipts at what the other person wrote', async () => {
  const registration = { jid: ana.jid, name: 'Ana', folder: 'ana', requiresTrigger: false };
  await world.app.registrations.add(registration, signal);
  const { id } = await ana.sendText(world.whatsapp.owner, 'hello');
  (await runner.waitForRun(1)).end(answer('hi'));
  const { owner } = world.whatsapp;
  await owner.waitForMessage((seen) => seen.id === id && seen.reactions.get(owner.jid) === '✅');
});

test('a question that is edited and deleted while it is worked on shows its end all the same', async () => {
  const group = await addGroup('family');
  const { id } = await ana.sendText(group, '@Assistant hello');
  const run = await runner.waitForRun(1);
  const key = { remoteJid: group.jid, fromMe: true, id };
  const { MESSAGE_EDIT, REVOKE } = proto.Message.ProtocolMessage.Type;
  const editedMessage = { conversation: '@Assistant something else' };
  await ana.sendMessage(group, { protocolMessage: { key, type: MESSAGE_EDIT, editedMessage } });
  await ana.sendMessage(group, { protocolMessage: { key, type: REVOKE } });
  await world.whatsapp.waitForQuiet(signal);
  run.end(answer('hi'));
  await waitForReaction(id, '✅');
  await world.app.engine.idle();
  expect(runner.runs).toHaveLength(1);
});

test('a receipt that was on its way when the host stopped is shown after the next start', async () => {
  const group = await addGroup('family');
  world.whatsapp.faults.loseMessages = true;
  const { id } = await ana.sendText(group, '@Assistant hello');
  await runner.waitForRun(1);
  await world.log.waitFor('sending', () => true, signal);
  await world.stopHost();
  world.whatsapp.faults.loseMessages = false;
  runner = new FakeRunner();
  runner.respond = () => answer('hi');
  await world.startHost(signal);
  await waitForReaction(id, '✅');
  await world.app.engine.idle();
  expect(written(group)).toEqual(['hi']);
});

test('after a gap each group with old questions is told once, and what is fresh is answered', async () => {
  const groups = [await addGroup('family'), await addGroup('work'), await addGroup('club')];
  const [family, work, club] = groups as [Group, Group, Group];
  await world.stopHost();
  clockOffsetMs = 2 * HOUR_MS;
  for (const group of [family, family, work]) await ana.sendText(group, '@Assistant an old one');
  const timestamp = Math.floor((Date.now() + clockOffsetMs) / 1_000);
  const { id } = await ana.sendText(club, '@Assistant a fresh one', { timestamp });
  runner = new FakeRunner();
  runner.respond = () => answer('hi');
  await world.startHost(signal);
  await waitForReaction(id, '✅');
  for (const group of [family, work]) {
    await bob.waitForMessage((seen) => seen.fromCompanion && seen.chat === group.jid, signal);
  }
  await world.app.engine.idle();
  expect(written(family)).toEqual([expect.stringMatching(/2 questions came in meanwhile/)]);
  expect(written(work)).toEqual([expect.stringMatching(/1 question came in meanwhile/)]);
  expect(written(club)).toEqual(['hi']);
  const reactions = bob.seen.filter((seen) => seen.reactions.size > 0);
  expect(reactions.map((seen) => seen.id)).toEqual([id]);
});

test('a group that waits behind another one is told so on the phone', async () => {
  const family = await addGroup('family');
  const work = await addGroup('work');
  await ana.sendText(family, '@Assistant hello');
  const run = await runner.waitForRun(1);
  await ana.sendText(work, '@Assistant hello');
  await bob.waitForMessage((seen) => seen.text.startsWith('1 question of another group'), signal);
  runner.respond = () => answer('hi');
  run.end(answer('hi'));
  await bob.waitForMessage((seen) => seen.text === 'hi' && seen.chat === work.jid, signal);
  expect(written(work)).toHaveLength(2);
});
