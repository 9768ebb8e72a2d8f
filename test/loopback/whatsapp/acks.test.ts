import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWhatsAppServer } from './server.ts';
import { linkStockClient, muteLibsignal, reconnectStockClient } from './stock-client.ts';

const muted: Disposable[] = [];
beforeAll(() => void muted.push(muteLibsignal()));
afterAll(() => muted.pop()?.[Symbol.dispose]());

async function startCrew() {
  const server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const group = server.addGroup({ subject: 'Crew', members: [alice] });
  const { account, client } = await linkStockClient(server);
  const stop = async () => {
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { server, alice, group, account, client, [Symbol.asyncDispose]: stop };
}

test('a message is acked by its id', async () => {
  await using crew = await startCrew();
  const { group, client, server } = crew;
  const messageId = '3EB0AAAAAAAAAAAAAAAAAA';
  await client.socket.sendMessage(group.jid, { text: 'hi' }, { messageId });
  expect(await client.waitForAck(messageId)).toBeUndefined();
  expect(server.counts).toMatchObject({ messagesReceived: 1, acksSent: 1, acksDropped: 0 });
});

test('a delayed ack comes after the message was shown', async () => {
  await using crew = await startCrew();
  const { alice, group, client, server } = crew;
  server.faults.ackDelayMs = 20;
  const messageId = '3EB0AAAAAAAAAAAAAAAAAB';
  await client.socket.sendMessage(group.jid, { text: 'hi' }, { messageId });
  await alice.waitForMessage(({ id }) => id === messageId);
  expect(server.counts.acksSent).toBe(0);
  await client.waitForAck(messageId);
});

test('after a dropped ack the same id sent again is shown once', async () => {
  await using crew = await startCrew();
  const { alice, group, client, server } = crew;
  server.faults.dropAcks = 1;
  const messageId = '3EB0AAAAAAAAAAAAAAAAAC';
  await client.socket.sendMessage(group.jid, { text: 'hi' }, { messageId });
  await alice.waitForMessage(({ id }) => id === messageId);
  expect(server.counts).toMatchObject({ acksSent: 0, acksDropped: 1 });
  await client.socket.sendMessage(group.jid, { text: 'hi' }, { messageId });
  await client.waitForAck(messageId);
  const seen = await alice.waitForMessage(({ deliveries }) => deliveries === 2);
  expect(alice.seen).toEqual([seen]);
  expect(alice.rawDeliveries).toBe(2);
});

test('a connection that drops instead of the ack leaves the message shown', async () => {
  await using crew = await startCrew();
  const { alice, group, account, client, server } = crew;
  server.faults.dropBeforeAck = 1;
  const messageId = '3EB0AAAAAAAAAAAAAAAAAD';
  await client.socket.sendMessage(group.jid, { text: 'hi' }, { messageId });
  await alice.waitForMessage(({ id }) => id === messageId);
  await client.waitForClose();
  await using back = await reconnectStockClient(server, account);
  await back.socket.sendMessage(group.jid, { text: 'hi' }, { messageId });
  await back.waitForAck(messageId);
  await alice.waitForMessage(({ deliveries }) => deliveries === 2);
  expect(alice.seen).toHaveLength(1);
});

test('a lost message is neither shown nor acked, and the next attempt is', async () => {
  await using crew = await startCrew();
  const { alice, group, client, server } = crew;
  server.faults.loseMessages = 1;
  const messageId = '3EB0AAAAAAAAAAAAAAAAAE';
  await client.socket.sendMessage(group.jid, { text: 'lost' });
  await client.socket.sendMessage(group.jid, { text: 'hi' }, { messageId });
  await client.waitForAck(messageId);
  expect(server.counts).toMatchObject({ messagesReceived: 2, acksSent: 1 });
  expect(alice.seen.map(({ text }) => text)).not.toContain('lost');
});

test('a refused message is acked with the error and shown to nobody', async () => {
  await using crew = await startCrew();
  const { alice, group, client, server } = crew;
  server.faults.ackError = '479';
  const messageId = '3EB0AAAAAAAAAAAAAAAAAF';
  await client.socket.sendMessage(group.jid, { text: 'hi' }, { messageId });
  expect(await client.waitForAck(messageId)).toBe('479');
  expect(alice.rawDeliveries).toBe(0);
});

test('a member whose keys the server refuses fails the whole send', async () => {
  await using crew = await startCrew();
  const { alice, group, client, server } = crew;
  server.faults.failKeyFetchFor.add(alice.lid);
  await expect(client.socket.sendMessage(group.jid, { text: 'hi' })).rejects.toThrow(
    'not-acceptable',
  );
});
