import { expect, test } from 'vitest';
import { makeLinkedWorld, type World } from './world.fixture.ts';

async function sendMany({ alice, group }: World, count: number): Promise<string[]> {
  const texts = Array.from({ length: count }, (_, index) => `message ${index}`);
  for (const text of texts) await alice.sendText(group, text);
  return texts;
}

function textsOf({ host }: World): string[] {
  return host.received.items.map((message) => message.text);
}

test('what was written while we were away comes in, in order', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  await host.stop();
  await server.waitForDisconnection();
  const texts = await sendMany(world, 50);
  await host.start();
  await host.waitForText('message 49');
  expect(textsOf(world)).toEqual(texts);
  await server.waitForQuiet();
  expect(host.journaledCount()).toBe(0);
});

test('each connection says once that the server has delivered what it kept', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  await server.waitForQuiet();
  expect(host.caughtUp).toBe(1);
  await host.stop();
  await server.waitForDisconnection();
  await sendMany(world, 3);
  await host.start();
  await host.waitForText('message 2');
  await server.waitForQuiet();
  expect(host.caughtUp).toBe(2);
});

test('a connection that drops in the middle of the backlog loses nothing', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  await host.stop();
  await server.waitForDisconnection();
  const texts = await sendMany(world, 30);
  server.faults.dropAfterDeliveries = 10;
  host.run();
  await host.waitForText('message 29');
  expect([...new Set(textsOf(world))].sort()).toEqual(texts.sort());
});

test('what comes twice or again is handed on with the same identity', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  server.faults.duplicateDeliveries = true;
  server.faults.loseReceipts = 3;
  const texts = await sendMany(world, 5);
  await host.waitForText('message 4');
  server.faults.dropConnections();
  await server.waitForQuiet();
  await host.restart();
  await server.waitForQuiet();
  const identities = host.received.items.map(({ chatJid, senderJid, id, text }) =>
    [chatJid, senderJid, id, text].join(' '),
  );
  expect(new Set(identities).size).toBe(texts.length);
});

test('messages out of order are all read', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  await sendMany(world, 1);
  await host.waitForText('message 0');
  server.faults.reorder = 5;
  await sendMany(world, 5);
  await host.received.waitFor(() => host.received.items.length === 6);
  expect(textsOf(world).slice(1).sort()).toEqual(
    Array.from({ length: 5 }, (_, n) => `message ${n}`),
  );
});

test('while the store refuses, nothing is lost; all comes when it takes messages again', async () => {
  await using world = await makeLinkedWorld();
  const { host } = world;
  host.refusal = new Error('disk full');
  const texts = await sendMany(world, 5);
  await host.refused.waitFor(() => host.refused.items.length >= 3);
  expect(textsOf(world)).toEqual([]);
  host.refusal = undefined;
  await host.waitForText('message 4');
  expect([...new Set(textsOf(world))]).toEqual(texts);
});

test('what was decrypted but not stored when the host died is stored by the next one', async () => {
  await using world = await makeLinkedWorld({
    channel: { backoff: { firstMs: 3_600_000, longestMs: 3_600_000 } },
  });
  const { host, server } = world;
  host.refusal = new Error('about to die');
  await sendMany(world, 1);
  await host.refused.waitFor(() => true);
  expect(host.journaledCount()).toBeGreaterThan(0);
  await host.stop();
  host.refusal = undefined;
  host.renew();
  await server.faults.refuseConnections(true);
  host.run();
  await host.waitForText('message 0');
  expect(host.journaledCount()).toBe(0);
});

test('a stop in the middle of the backlog loses nothing, though the database closes at once', async () => {
  await using world = await makeLinkedWorld();
  const { host, server } = world;
  await host.stop();
  await server.waitForDisconnection();
  const texts = await sendMany(world, 40);
  host.run();
  await host.waitForText('message 3');
  await host.restart();
  await host.waitForText('message 39');
  expect([...new Set(textsOf(world))].sort()).toEqual(texts.sort());
  await sendMany(world, 40);
  await host.waitForText('message 1');
});

test('what was decrypted but not stored comes in at the stop at the latest', async () => {
  const backoff = { firstMs: 3_600_000, longestMs: 3_600_000 };
  await using world = await makeLinkedWorld({ channel: { backoff } });
  const { host } = world;
  host.refusal = new Error('disk full');
  host.states.items.length = 0;
  await sendMany(world, 1);
  await host.waitForState('connecting');
  host.refusal = undefined;
  await host.stop();
  expect(textsOf(world)).toEqual(['message 0']);
});

test('a message that could not be decrypted comes in once its phone has sent it again', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, alice, group } = world;
  await alice.sendText(group, 'readable');
  await host.waitForText('readable');
  host.db.prepare("delete from wa_keys where type in ('session', 'sender-key')").run();
  const { id } = await alice.sendText(group, 'unreadable at first');
  expect(await host.waitForText('unreadable at first')).toMatchObject({ id, senderJid: alice.jid });
  expect(server.counts.receipts['retry']).toBe(1);
  expect(host.received.items).toHaveLength(2);
});
