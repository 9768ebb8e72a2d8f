import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWhatsAppServer } from './server.ts';
import { linkStockClient, muteLibsignal } from './stock-client.ts';

const muted: Disposable[] = [];
beforeAll(() => void muted.push(muteLibsignal()));
afterAll(() => muted.pop()?.[Symbol.dispose]());

test('a client reads the metadata of its groups', async () => {
  await using server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const group = server.addGroup({ subject: 'Crew', members: [alice] });
  const { client } = await linkStockClient(server);
  await using _ = client;
  const metadata = await client.socket.groupMetadata(group.jid);
  expect(metadata).toMatchObject({
    id: group.jid,
    subject: 'Crew',
    addressingMode: 'lid',
    size: 2,
  });
  expect(metadata.participants).toMatchObject([
    { id: alice.lid, phoneNumber: alice.jid, admin: 'superadmin' },
    { id: server.owner.lid, phoneNumber: server.owner.jid, admin: null },
  ]);
  expect(Object.keys(await client.socket.groupFetchAllParticipating())).toEqual([group.jid]);
});

test('a client hears of members that join and leave, and of a new subject', async () => {
  await using server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const bob = server.addPhone({ name: 'Bob', phoneNumber: '15550000003' });
  const group = server.addGroup({ subject: 'Crew', members: [alice] });
  const { client } = await linkStockClient(server);
  await using _ = client;
  const events: unknown[] = [];
  client.socket.ev.on('group-participants.update', ({ action, participants }) => {
    events.push([action, participants.map(({ id }) => id)]);
  });
  client.socket.ev.on('groups.update', ([update]) => void events.push(update?.subject));
  group.add(bob);
  group.remove(alice);
  group.rename('Team');
  await server.waitForQuiet();
  expect(events).toEqual([['add', [bob.lid]], ['remove', [alice.lid]], 'Team']);
});

test('a member who joins later reads what the client writes from then on', async () => {
  await using server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const bob = server.addPhone({ name: 'Bob', phoneNumber: '15550000003' });
  const group = server.addGroup({ subject: 'Crew', members: [alice] });
  const { client } = await linkStockClient(server);
  await using _ = client;
  await client.socket.sendMessage(group.jid, { text: 'before' });
  await alice.waitForMessage(({ text }) => text === 'before');
  group.add(bob);
  await client.socket.sendMessage(group.jid, { text: 'after' });
  await bob.waitForMessage(({ text }) => text === 'after');
  expect(bob.seen.map(({ text }) => text)).toEqual(['after']);
});

test('members renew their sender keys after somebody left', async () => {
  await using server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const bob = server.addPhone({ name: 'Bob', phoneNumber: '15550000003' });
  const group = server.addGroup({ subject: 'Crew', members: [alice, bob] });
  const { client } = await linkStockClient(server);
  await using _ = client;
  await alice.sendText(group, 'one');
  await client.waitForText('one');
  group.remove(bob);
  await alice.sendText(group, 'two');
  await client.waitForText('two');
  await expect(bob.sendText(group, 'three')).rejects.toThrow('Bob is not in Crew');
});

test('a group made after linking is announced', async () => {
  await using server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const { client } = await linkStockClient(server);
  await using _ = client;
  const announced = new Promise<string | undefined>((resolve) => {
    client.socket.ev.on('groups.upsert', ([group]) => resolve(group?.id));
  });
  const group = server.addGroup({ subject: 'New', members: [alice] });
  expect(await announced).toBe(group.jid);
});

test('the server refuses messages to a group the account left', async () => {
  await using server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const group = server.addGroup({ subject: 'Crew', members: [alice] });
  const { client } = await linkStockClient(server);
  await using _ = client;
  const metadata = await client.socket.groupMetadata(group.jid);
  await client.socket.groupLeave(group.jid);
  await expect(client.socket.groupMetadata(group.jid)).rejects.toThrow('forbidden');
  expect(group.members.map(({ name }) => name)).toEqual(['Alice']);
  expect(metadata.size).toBe(2);
});
