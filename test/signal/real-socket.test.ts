import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { loadAuthState } from '../../src/channels/whatsapp/signal/auth-state.ts';
import { createJournal } from '../../src/channels/whatsapp/signal/journal.ts';
import { openTestDatabase } from '../../src/channels/whatsapp/signal/own-device.fixture.ts';
import { createSignalRepositoryFactory } from '../../src/channels/whatsapp/signal/repository.ts';
import { startWhatsAppServer } from '../loopback/whatsapp/server.ts';
import { connectStockClient, type StockClient, textOf } from '../loopback/whatsapp/stock-client.ts';

/** An unmodified Baileys socket on the own repository, linked, with Alice and a group. */
async function startCrew() {
  const folder = mkdtempSync(path.join(tmpdir(), 'deckhand-socket-'));
  const db = openTestDatabase(path.join(folder, 'deckhand.db'));
  const problems: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line: string) => void problems.push(line) });
  const account = loadAuthState(db);
  const journal = createJournal({ db, isInInbox: () => true, now: () => 0, logger });
  const clients: StockClient[] = [];
  const onStorageFailure = () => void clients.at(-1)?.socket.ws.close();
  const makeSignalRepository = createSignalRepositoryFactory({ db, journal, onStorageFailure });
  const server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const group = server.addGroup({ subject: 'Crew', members: [alice] });
  const connect = () => {
    const client = connectStockClient(server.url, account, { makeSignalRepository, logger });
    client.socket.ws.on('CB:message', journal.recordStanza);
    client.socket.ev.on('creds.update', account.saveCreds);
    clients.push(client);
    return client;
  };
  const linking = connect();
  await server.scanQr(await linking.waitForQr());
  await linking.waitForClose();
  const client = connect();
  await client.waitForOpen();
  await server.waitForQuiet();
  // Baileys logs the ordinary 515 after pairing as an error.
  problems.length = 0;
  const readJournal = () => {
    const { id, lid } = account.creds.me!;
    return journal.pending({ id, lid });
  };
  return {
    server,
    alice,
    group,
    client,
    connect,
    readJournal,
    problems,
    db,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      db.close();
      rmSync(folder, { recursive: true });
    },
  };
}

test('a real socket journals every message it decrypts, in the shape it delivers', async () => {
  await using crew = await startCrew();
  const { alice, group, server, client } = crew;
  await alice.sendText(group, 'first, with the sender key');
  await alice.sendText(group, 'second');
  await alice.sendText(server.owner, 'direct');
  await client.waitForText('direct');
  await server.waitForQuiet();
  const live = client.messages.items.map(({ message }) => message);
  const journaled = crew.readJournal();
  const texts = journaled.flatMap(({ message }) => textOf(message) ?? []);
  expect(texts).toEqual(['first, with the sender key', 'second', 'direct']);
  for (const { message } of journaled) {
    const same = live.find(({ key }) => key.id === message.key.id);
    expect(message.key).toEqual(same?.key);
    expect(message.message).toEqual(same?.message);
    expect(message.pushName).toBe(same?.pushName);
    expect(message.messageTimestamp).toBe(same?.messageTimestamp);
  }
  expect(crew.problems).toEqual([]);
});

test('what a real socket sends is read by the phones', async () => {
  await using crew = await startCrew();
  const { alice, group, client } = crew;
  await alice.sendText(group, 'hello');
  await client.waitForText('hello');
  const bodies = Array.from({ length: 10 }, (_, index) => `answer ${index}`);
  for (const text of bodies) await client.socket.sendMessage(group.jid, { text });
  await client.socket.sendMessage(alice.jid, { text: 'private' });
  await alice.waitForMessage(({ text }) => text === 'private');
  expect(alice.seen.map(({ text }) => text)).toEqual([...bodies, 'private']);
  expect(alice.undecryptable).toEqual([]);
});

test('a message whose receipt was lost is delivered again without asking for a resend', async () => {
  await using crew = await startCrew();
  const { alice, group, client, server } = crew;
  server.faults.loseReceipts = 1;
  await alice.sendText(group, 'once more');
  await client.waitForText('once more');
  await client.socket.end(undefined);
  await server.waitForDisconnection();
  await using back = crew.connect();
  const { message } = await back.waitForText('once more');
  await server.waitForQuiet();
  expect(message.messageStubType).toBeUndefined();
  expect(server.counts.redeliveries).toBe(1);
  expect(server.counts.receipts).not.toHaveProperty('retry');
  expect(crew.problems).toEqual([]);
});

test('a message whose receipt could not be written waits in the journal', async () => {
  await using crew = await startCrew();
  const { alice, group, client, server } = crew;
  server.faults.dropAfterDeliveries = 1;
  await alice.sendText(group, 'cut off');
  await client.waitForClose();
  await using back = crew.connect();
  await back.waitForOpen();
  await server.waitForQuiet();
  expect(crew.readJournal().map(({ message }) => textOf(message))).toContain('cut off');
});

test('a message that cannot be stored is neither receipted nor refused, and comes again', async () => {
  await using crew = await startCrew();
  const { alice, group, client, server, db } = crew;
  await alice.sendText(group, 'before');
  await client.waitForText('before');
  await server.waitForQuiet();
  const { receipts, acksReceived } = structuredClone(server.counts);
  db.exec(`create trigger full before insert on wa_journal
    begin select raise(abort, 'database or disk is full'); end`);
  await alice.sendText(group, 'does not fit');
  await client.waitForClose();
  await server.waitForDisconnection();
  expect(server.counts).toMatchObject({ receipts, acksReceived });
  db.exec('drop trigger full');
  await using back = crew.connect();
  await back.waitForText('does not fit');
  await server.waitForQuiet();
  expect(server.counts.receipts).not.toHaveProperty('retry');
});
