import { expect, test } from 'vitest';
import { outbound } from './channel-host.fixture.ts';
import { makeLinkedWorld } from './world.fixture.ts';

test('a late ack is waited for', async () => {
  await using world = await makeLinkedWorld();
  world.server.faults.ackDelayMs = 150;
  expect(await world.host.send(outbound(world.group, 'slow'))).toEqual({ status: 'acked' });
});

test('a message whose ack is lost is in doubt, and sent again is shown once', async () => {
  await using world = await makeLinkedWorld({ channel: { ackTimeoutMs: 100 } });
  const { host, server, alice, group } = world;
  server.faults.dropAcks = 1;
  const message = outbound(group, 'once');
  expect(await host.send(message)).toMatchObject({ status: 'unconfirmed' });
  expect(await host.send(message)).toEqual({ status: 'acked' });
  const seen = await alice.waitForMessage(
    ({ id, deliveries }) => id === message.id && deliveries === 2,
  );
  expect(seen.text).toBe('once');
  expect(alice.seen.filter(({ id }) => id === message.id)).toHaveLength(1);
});

test('a connection lost before the ack leaves it in doubt; after reconnecting it is shown once', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, bob, group } = world;
  server.faults.dropBeforeAck = 1;
  const message = outbound(group, 'cut off');
  host.states.items.length = 0;
  expect(await host.send(message)).toMatchObject({ status: 'unconfirmed' });
  await host.waitForState('open');
  expect(await host.send(message)).toEqual({ status: 'acked' });
  await bob.waitForMessage(({ id, deliveries }) => id === message.id && deliveries === 2);
  expect(bob.seen.filter(({ id }) => id === message.id)).toHaveLength(1);
});

test('a message that never reached anybody arrives with the second attempt', async () => {
  await using world = await makeLinkedWorld({ channel: { ackTimeoutMs: 50 } });
  const { host, server, alice, group } = world;
  server.faults.loseMessages = 1;
  const message = outbound(group, 'second try');
  expect(await host.send(message)).toMatchObject({ status: 'unconfirmed' });
  expect(await host.send(message)).toEqual({ status: 'acked' });
  await alice.waitForMessage(({ id }) => id === message.id);
});

test.each([
  ['403', 'rejected'],
  ['463', 'rejected'],
  ['479', 'rejected'],
  ['429', 'unconfirmed'],
  ['500', 'unconfirmed'],
])('an ack with error %s is %s', async (code, status) => {
  await using world = await makeLinkedWorld();
  const { host, server, group } = world;
  server.faults.ackError = code;
  const reason = expect.stringContaining(code);
  expect(await host.send(outbound(group, 'no'))).toEqual({ status, reason });
  server.faults.ackError = undefined;
  expect(await host.send(outbound(group, 'yes'))).toEqual({ status: 'acked' });
});

test('without a connection a message is in doubt at once', async () => {
  await using world = await makeLinkedWorld();
  const { host, group } = world;
  await host.stop();
  expect(await host.send(outbound(group, 'anyone?'))).toMatchObject({ status: 'unconfirmed' });
});

test('what is no chat is refused for good', async () => {
  await using world = await makeLinkedWorld();
  const outcome = await world.host.send({ ...outbound(world.group, 'x'), chatJid: 'nonsense' });
  expect(outcome).toEqual({ status: 'rejected', reason: 'no such chat' });
});

test('a stop ends the waiting for an ack', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, alice, group } = world;
  server.faults.dropAcks = true;
  const stop = new AbortController();
  const message = outbound(group, 'never acked');
  const sending = host.send(message, stop.signal);
  await alice.waitForMessage(({ id }) => id === message.id);
  stop.abort();
  expect(await sending).toMatchObject({ status: 'unconfirmed' });
});

test('one member without keys does not keep the message from the others', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, alice, bob, group } = world;
  server.faults.failKeyFetchFor.add(bob.lid);
  const message = outbound(group, 'for those who can');
  expect(await host.send(message)).toEqual({ status: 'acked' });
  await alice.waitForMessage(({ id }) => id === message.id);
  expect(bob.seen).toEqual([]);
  server.faults.failKeyFetchFor.clear();
  bob.requestRetry(message.id);
  await bob.waitForMessage(({ id }) => id === message.id);
  const next = outbound(group, 'for all');
  expect(await host.send(next)).toEqual({ status: 'acked' });
  await bob.waitForMessage(({ id }) => id === next.id);
});

test('a person without keys cannot be written to, and that is said', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, bob } = world;
  server.faults.failKeyFetchFor.add(bob.lid);
  const outcome = await host.send(outbound(bob, 'hello?'));
  expect(outcome).toEqual({ status: 'rejected', reason: 'the server answered 406' });
});

test('a phone that asks again after our restart gets the message from the outbox', async () => {
  await using world = await makeLinkedWorld();
  const { host, alice, group } = world;
  const message = outbound(group, 'remember me');
  await host.send(message);
  await alice.waitForMessage(({ id }) => id === message.id);
  await host.restart();
  alice.requestRetry(message.id);
  const seen = await alice.waitForMessage(
    ({ id, deliveries }) => id === message.id && deliveries === 2,
  );
  expect(seen.text).toBe('remember me');
});

test('a phone that was reinstalled reads what is sent next', async () => {
  await using world = await makeLinkedWorld();
  const { host, alice, group } = world;
  await host.send(outbound(group, 'before'));
  await alice.waitForMessage(({ text }) => text === 'before');
  alice.changeIdentity();
  await alice.sendText(group, 'new phone');
  await host.waitForText('new phone');
  const message = outbound(group, 'after');
  expect(await host.send(message)).toEqual({ status: 'acked' });
  await alice.waitForMessage(({ id }) => id === message.id);
});

test('chats are served at the same time, and every message arrives once', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, alice, bob, group } = world;
  const chats = [group, alice, bob, server.addGroup({ subject: 'Two', members: [alice, bob] })];
  const messages = Array.from({ length: 20 }, (_, index) =>
    outbound(chats[index % chats.length]!, `message ${index}`),
  );
  const outcomes = await Promise.all(messages.map((message) => host.send(message)));
  expect(outcomes).toEqual(messages.map(() => ({ status: 'acked' })));
  for (const message of messages) {
    const reader = message.chatJid === bob.jid ? bob : alice;
    await reader.waitForMessage(({ id }) => id === message.id);
  }
});
