import { expect, test } from 'vitest';
import { makeLinkedWorld, type World } from '../../whatsapp-channel/world.fixture.ts';

const REFUSED = 'messages cannot be stored and are left with the server';
const MENDED = 'messages are stored again';

function alarms({ host }: World): string[] {
  return host.log.map(({ msg }) => msg).filter((msg) => msg === REFUSED || msg === MENDED);
}

test('an inbox that refuses is tried again and again, said once, and gets every message once it takes them', async () => {
  await using world = await makeLinkedWorld();
  const { host, alice, group } = world;
  host.refusal = new Error('database or disk is full');
  await alice.sendText(group, 'one');
  await alice.sendText(group, 'two');
  await host.refused.waitFor(() => host.refused.items.length >= 4);
  expect(host.received.items).toEqual([]);
  expect(alarms(world)).toEqual([REFUSED]);
  host.refusal = undefined;
  await host.waitForText('two');
  expect(host.received.items.map(({ text }) => text)).toEqual(['one', 'two']);
  expect(alarms(world)).toEqual([REFUSED, MENDED]);
});

test('a database that refuses what a message decrypts to is said once, and the server delivers again', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, alice, group } = world;
  host.db.pragma('query_only = on');
  host.states.items.length = 0;
  await alice.sendText(group, 'one');
  const connecting = () => host.states.items.filter(({ status }) => status === 'connecting');
  await host.states.waitFor(() => connecting().length >= 3);
  expect(host.received.items).toEqual([]);
  expect(alarms(world)).toEqual([REFUSED]);
  host.db.pragma('query_only = off');
  await host.waitForText('one');
  await server.waitForQuiet();
  expect(host.received.items.map(({ text }) => text)).toEqual(['one']);
  expect(alarms(world)).toEqual([REFUSED, MENDED]);
});

test('a message that is still being decrypted when the host has stopped raises no alarm', async () => {
  await using world = await makeLinkedWorld();
  await world.host.stop();
  world.host.channel.dropConnection(new TypeError('The database connection is not open'));
  expect(alarms(world)).toEqual([]);
});
