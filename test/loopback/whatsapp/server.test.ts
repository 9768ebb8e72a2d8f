import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWhatsAppServer } from './server.ts';
import { connectStockClient, createAccount, muteLibsignal } from './stock-client.ts';

const muted: Disposable[] = [];
beforeAll(() => void muted.push(muteLibsignal()));
afterAll(() => muted.pop()?.[Symbol.dispose]());

test('a stock client links by QR, reconnects after 515 and exchanges group messages', async () => {
  await using server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const bob = server.addPhone({ name: 'Bob', phoneNumber: '15550000003' });
  const group = server.addGroup({ subject: 'Crew', members: [alice, bob] });
  const account = createAccount();
  await using linking = connectStockClient(server.url, account);
  await server.scanQr(await linking.waitForQr());
  expect(await linking.waitForClose()).toEqual({ statusCode: 515 });
  await using client = connectStockClient(server.url, account);
  await Promise.all([client.waitForOpen(), server.waitForConnection()]);
  await alice.sendText(group, 'hello');
  const { message } = await client.waitForText('hello');
  expect(message.key).toMatchObject({
    remoteJid: group.jid,
    participant: alice.lid,
    participantAlt: alice.jid,
  });
  const sent = await client.socket.sendMessage(group.jid, { text: 'hi all' });
  const seen = await bob.waitForMessage(({ text }) => text === 'hi all');
  expect(seen).toMatchObject({ id: sent?.key.id, from: server.owner.jid, fromCompanion: true });
  await alice.waitForMessage(({ text }) => text === 'hi all');
  await server.owner.waitForMessage(({ text }) => text === 'hi all');
});
