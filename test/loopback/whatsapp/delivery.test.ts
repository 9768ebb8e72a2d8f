import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWhatsAppServer } from './server.ts';
import { linkStockClient, muteLibsignal, reconnectStockClient, textOf } from './stock-client.ts';

const muted: Disposable[] = [];
beforeAll(() => void muted.push(muteLibsignal()));
afterAll(() => muted.pop()?.[Symbol.dispose]());

async function startCrew() {
  const server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const group = server.addGroup({ subject: 'Crew', members: [alice] });
  const { account, client } = await linkStockClient(server);
  await server.waitForQuiet();
  const stop = async () => {
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { server, alice, group, account, client, [Symbol.asyncDispose]: stop };
}

test('what is sent while the client is away arrives as offline messages after login', async () => {
  await using crew = await startCrew();
  const { server, alice, group, account, client } = crew;
  await client.socket.end(undefined);
  await server.waitForDisconnection();
  expect(server.connected()).toBe(false);
  for (let n = 0; n < 20; n += 1) await alice.sendText(group, `missed ${n}`);
  await alice.sendText(server.owner, 'missed direct');
  await using back = await reconnectStockClient(server, account);
  await back.waitForText('missed direct');
  await server.waitForQuiet();
  const texts = back.messages.items.map(({ message, type }) => [textOf(message), type]);
  const expected = Array.from({ length: 20 }, (_, n) => [`missed ${n}`, 'append']);
  expect(texts).toEqual([...expected, ['missed direct', 'append']]);
  expect(server.counts.redeliveries).toBe(0);
});

// The stock group cipher no longer opens a message it opened before, so it asks for a resend.
test('a message without a receipt is delivered again after the next login', async () => {
  await using crew = await startCrew();
  const { server, alice, group, account, client } = crew;
  server.faults.loseReceipts = 1;
  await alice.sendText(group, 'once more');
  await client.waitForText('once more');
  await client.socket.end(undefined);
  await server.waitForDisconnection();
  await using back = await reconnectStockClient(server, account);
  const { type } = await back.waitForText('once more');
  expect(type).toBe('notify');
  expect(server.counts).toMatchObject({ redeliveries: 1, receipts: { retry: 1 } });
});

test('a message whose connection dropped with it is not lost', async () => {
  await using crew = await startCrew();
  const { server, alice, group, account, client } = crew;
  server.faults.dropAfterDeliveries = 1;
  await alice.sendText(group, 'cut off');
  expect(await client.waitForClose()).toEqual({ statusCode: 428 });
  await using back = await reconnectStockClient(server, account);
  await server.waitForQuiet();
  const copies = [...client.messages.items, ...back.messages.items];
  expect(copies.map(({ message }) => textOf(message))).toContain('cut off');
});

test('a delivery can be doubled', async () => {
  await using crew = await startCrew();
  const { server, alice, client } = crew;
  server.faults.duplicateDeliveries = 1;
  const delivered = server.counts.messagesDelivered;
  await alice.sendText(server.owner, 'twice');
  await client.waitForText('twice');
  expect(server.counts.messagesDelivered - delivered).toBe(2);
});

test('held messages arrive in reverse', async () => {
  await using crew = await startCrew();
  const { server, alice, client } = crew;
  const bob = server.addPhone({ name: 'Bob', phoneNumber: '15550000003' });
  server.faults.reorder = 2;
  await alice.sendText(server.owner, 'first');
  await bob.sendText(server.owner, 'second');
  await client.waitForText('first');
  const texts = client.messages.items.flatMap(({ message }) => textOf(message) ?? []);
  expect(texts).toEqual(['second', 'first']);
  await alice.sendText(server.owner, 'third');
  server.faults.reorder = 0;
  await client.waitForText('third');
});

test('two senders may choose the same id', async () => {
  await using crew = await startCrew();
  const { server, alice, group, client } = crew;
  await server.owner.sendText(group, 'mine', { id: 'SAME', timestamp: 1_700_000_000 });
  await alice.sendText(group, 'theirs', { id: 'SAME' });
  const { message } = await client.waitForText('mine');
  await client.waitForText('theirs');
  expect(Number(message.messageTimestamp)).toBe(1_700_000_000);
  await server.waitForQuiet();
});
