import type { proto } from '@whiskeysockets/baileys';
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

test('a retry receipt makes the client send the same id again', async () => {
  await using crew = await startCrew();
  const { alice, group, client } = crew;
  const sent = await client.socket.sendMessage(group.jid, { text: 'hi' });
  const { id } = await alice.waitForMessage(({ text }) => text === 'hi');
  expect(id).toBe(sent?.key.id);
  alice.requestRetry(id);
  await alice.waitForMessage(({ deliveries }) => deliveries === 2);
  expect(alice.seen).toHaveLength(1);
});

test('after a restart the client serves a retry receipt from getMessage', async () => {
  await using crew = await startCrew();
  const { server, alice, group, account, client } = crew;
  await client.socket.sendMessage(group.jid, { text: 'hi' });
  const { id } = await alice.waitForMessage(({ text }) => text === 'hi');
  await client.socket.end(undefined);
  await server.waitForDisconnection();
  const asked: proto.IMessageKey[] = [];
  await using back = await reconnectStockClient(server, account, {
    getMessage: async (key) => {
      asked.push(key);
      return { conversation: 'hi' };
    },
  });
  alice.requestRetry(id);
  await alice.waitForMessage(({ deliveries }) => deliveries === 2);
  expect(asked).toMatchObject([{ id, remoteJid: group.jid }]);
  expect(back.socket.user).toBeDefined();
});

test('a direct message is sent again on a retry receipt', async () => {
  await using crew = await startCrew();
  const { alice, client } = crew;
  await client.socket.sendMessage(alice.jid, { text: 'psst' });
  const { id } = await alice.waitForMessage(({ text }) => text === 'psst');
  alice.requestRetry(id);
  await alice.waitForMessage(({ deliveries }) => deliveries === 2);
});

test('a phone that was reinstalled asks for what it cannot read and then reads it', async () => {
  await using crew = await startCrew();
  const { server, alice, group, client } = crew;
  await client.socket.sendMessage(group.jid, { text: 'before' });
  await alice.waitForMessage(({ text }) => text === 'before');
  alice.changeIdentity();
  await server.waitForQuiet();
  await client.socket.sendMessage(group.jid, { text: 'after' });
  await alice.waitForMessage(({ text }) => text === 'after');
  expect(alice.undecryptable.length).toBeGreaterThan(0);
  await alice.sendText(group, 'new keys');
  await client.waitForText('new keys');
});

test('a client that lost its sessions gets the message on its retry, under the same id', async () => {
  await using crew = await startCrew();
  const { server, alice, account, client } = crew;
  await alice.sendText(server.owner, 'before');
  await client.waitForText('before');
  await client.socket.sendMessage(alice.lid, { text: 'reply' });
  await alice.waitForMessage(({ text }) => text === 'reply');
  await alice.sendText(server.owner, 'settled');
  await client.waitForText('settled');
  await server.waitForQuiet();
  const address = `${alice.lid.split('@')[0]}_1.0`;
  await account.keys.set({ session: { [address]: null } });
  await client.socket.end(undefined);
  await server.waitForDisconnection();
  await using back = await reconnectStockClient(server, account);
  const { id } = await alice.sendText(server.owner, 'after');
  await back.waitForText('after');
  const stubs = back.messages.items.filter(({ message }) => message.key.id === id);
  expect(stubs.map(({ message }) => message.messageStubType ?? 0)).toEqual([2, 0]);
  expect(server.counts.receipts).toMatchObject({ retry: 1 });
});

test('a resend that the connection drops with is delivered again after the next login', async () => {
  await using crew = await startCrew();
  const { server, alice, account, client } = crew;
  await server.waitForQuiet();
  await client.socket.sendMessage(alice.lid, { text: 'hi' });
  await alice.waitForMessage(({ text }) => text === 'hi');
  const address = `${alice.lid.split('@')[0]}_1.0`;
  await account.keys.set({ session: { [address]: null } });
  server.faults.dropAfterDeliveries = 2;
  await alice.sendText(server.owner, 'unreadable at first');
  await client.waitForClose();
  expect(server.counts).toMatchObject({ receipts: { retry: 1 }, redeliveries: 0 });
  await using back = await reconnectStockClient(server, account);
  await back.waitForText('unreadable at first');
  expect(server.counts.redeliveries).toBe(1);
});
