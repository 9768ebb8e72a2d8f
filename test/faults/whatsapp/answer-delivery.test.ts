import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Faults, Group, SeenMessage } from '../../loopback/whatsapp/server.ts';
import { FaultWorld, written } from './fault-world.fixture.ts';

let world: FaultWorld;
let group: Group;
beforeEach(async () => {
  world = await FaultWorld.open();
  await world.startHost();
  group = await world.addGroup('family');
});
afterEach(() => world[Symbol.asyncDispose]());

function onPhones(text: string): SeenMessage[] {
  return [world.ana, world.bob].flatMap(({ seen }) => seen.filter((one) => one.text === text));
}

function outbox(): unknown[] {
  return world.look((db) => db.prepare('select state from outbox order by seq').pluck().all());
}

/** How often each phone has shown the text, and in how many contents. */
function shown(text: string): { times: number[]; ids: number; variants: number[] } {
  const entries = onPhones(text);
  return {
    times: [world.ana, world.bob].map(({ seen }) => seen.filter((one) => one.text === text).length),
    ids: new Set(entries.map(({ id }) => id)).size,
    variants: entries.map(({ variants }) => variants),
  };
}

const ONCE = { times: [1, 1], ids: 1, variants: [1, 1] };

test.each<[string, (faults: Faults) => void, number]>([
  ['before the server has the answer', (faults) => (faults.dropBeforeMessage = 1), 1],
  ['between the answer and its ack', (faults) => (faults.dropBeforeAck = 1), 2],
  ['three times between the answer and its ack', (faults) => (faults.dropBeforeAck = 3), 4],
  ['right after the ack', (faults) => (faults.closeAfterAck = 1), 1],
])(
  'a socket that dies %s leaves the answer visible once, under one id and with one content',
  async (_moment, fault, deliveries) => {
    const { logins } = world.whatsapp.counts;
    fault(world.whatsapp.faults);
    await world.ask(group, 'q1');
    await world.bob.waitForMessage(
      (seen) => seen.text === 'heard q1' && seen.deliveries >= deliveries,
    );
    await world.askLast(group);
    expect(shown('heard q1')).toEqual(ONCE);
    expect(written(world.bob)).toEqual(['heard q1', 'heard qlast']);
    expect(outbox()).toEqual(['acked', 'acked']);
    expect(world.whatsapp.counts.logins).toBeGreaterThan(logins);
  },
);

test('an answer whose ack never came before the host ended is sent by the next one as it was', async () => {
  world.whatsapp.faults.dropAcks = true;
  await world.ask(group, 'q1');
  const { id } = await world.bob.waitForMessage(({ text }) => text === 'heard q1');
  await world.stopHost();
  expect(outbox()).toEqual(['pending']);
  world.whatsapp.faults.dropAcks = false;
  await world.startHost();
  await world.bob.waitForMessage((seen) => seen.id === id && seen.deliveries === 2);
  await world.askLast(group);
  expect(shown('heard q1')).toEqual(ONCE);
  expect(written(world.bob)).toEqual(['heard q1', 'heard qlast']);
});

test('a phone that asks for a resend after a restart gets the message as it was', async () => {
  await world.ask(group, 'q1');
  const { id } = await world.bob.waitForMessage(({ text }) => text === 'heard q1');
  await world.loopback.log.waitFor('sent', ({ messageId }) => messageId === id, world.signal);
  await world.stopHost();
  await world.startHost();
  world.bob.requestRetry(id);
  await world.bob.waitForMessage((one) => one.id === id && one.deliveries === 2);
  await world.askLast(group);
  expect(shown('heard q1')).toEqual(ONCE);
  expect(written(world.bob)).toEqual(['heard q1', 'heard qlast']);
});
