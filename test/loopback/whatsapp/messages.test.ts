import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWhatsAppServer } from './server.ts';
import { linkStockClient, muteLibsignal } from './stock-client.ts';
import type { AddressingMode } from './types.ts';

const muted: Disposable[] = [];
beforeAll(() => void muted.push(muteLibsignal()));
afterAll(() => muted.pop()?.[Symbol.dispose]());

async function startCrew(addressingMode: AddressingMode = 'lid') {
  const server = await startWhatsAppServer();
  const alice = server.addPhone({ name: 'Alice', phoneNumber: '15550000002' });
  const bob = server.addPhone({ name: 'Bob', phoneNumber: '15550000003' });
  const group = server.addGroup({ subject: 'Crew', members: [alice, bob], addressingMode });
  const { client } = await linkStockClient(server);
  const stop = async () => {
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { server, alice, bob, group, client, [Symbol.asyncDispose]: stop };
}

test('group messages travel in both directions in a LID group', async () => {
  await using crew = await startCrew();
  const { alice, bob, group, client, server } = crew;
  await alice.sendText(group, 'hello');
  const { message, type } = await client.waitForText('hello');
  expect(type).toBe('notify');
  expect(message).toMatchObject({
    pushName: 'Alice',
    key: { remoteJid: group.jid, participant: alice.lid, participantAlt: alice.jid, fromMe: false },
  });
  const sent = await client.socket.sendMessage(group.jid, { text: 'hi all' });
  for (const phone of [alice, bob, server.owner]) {
    const seen = await phone.waitForMessage(({ text }) => text === 'hi all');
    expect(seen).toMatchObject({
      id: sent?.key.id,
      chat: group.jid,
      from: server.owner.jid,
      fromCompanion: true,
      deliveries: 1,
    });
  }
});

test('group messages travel in both directions in a phone-number group', async () => {
  await using crew = await startCrew('pn');
  const { alice, bob, group, client } = crew;
  await alice.sendText(group, 'hello');
  const { message } = await client.waitForText('hello');
  expect(message.key).toMatchObject({ participant: alice.jid, participantAlt: alice.lid });
  await client.socket.sendMessage(group.jid, { text: 'hi all' });
  await bob.waitForMessage(({ text }) => text === 'hi all');
});

test('a conversation of many turns keeps decrypting on both sides', async () => {
  await using crew = await startCrew();
  const { alice, bob, group, client } = crew;
  for (let turn = 0; turn < 5; turn += 1) {
    await Promise.all([
      alice.sendText(group, `alice ${turn}`),
      bob.sendText(group, `bob ${turn}`),
      client.socket.sendMessage(group.jid, { text: `bot ${turn}` }),
    ]);
    await client.waitForText(`alice ${turn}`);
    await client.waitForText(`bob ${turn}`);
    await alice.waitForMessage(({ text }) => text === `bot ${turn}`);
    await bob.waitForMessage(({ text }) => text === `bot ${turn}`);
  }
  expect(alice.undecryptable).toEqual([]);
  expect(bob.undecryptable).toEqual([]);
});

test('direct messages travel in both directions, by phone number and by LID', async () => {
  await using crew = await startCrew();
  const { alice, client, server } = crew;
  await alice.sendText(server.owner, 'psst');
  const { message } = await client.waitForText('psst');
  expect(message.key).toMatchObject({ remoteJid: alice.lid, remoteJidAlt: alice.jid });
  await client.socket.sendMessage(alice.jid, { text: 'by number' });
  await client.socket.sendMessage(alice.lid, { text: 'by lid' });
  for (const body of ['by number', 'by lid']) {
    const seen = await alice.waitForMessage(({ text }) => text === body);
    expect(seen).toMatchObject({ chat: server.owner.jid, from: server.owner.jid });
    const copy = await server.owner.waitForMessage(({ text }) => text === body);
    expect(copy).toMatchObject({ chat: alice.jid, fromCompanion: true });
  }
});

test('what the owner writes on the phone reaches the companion as its own', async () => {
  await using crew = await startCrew();
  const { alice, group, client, server } = crew;
  await server.owner.sendText(group, 'from my phone');
  const inGroup = await client.waitForText('from my phone');
  expect(inGroup.message.key).toMatchObject({ remoteJid: group.jid, fromMe: true });
  await server.owner.sendText(alice, 'direct from my phone');
  const direct = await client.waitForText('direct from my phone');
  expect(direct.message.key).toMatchObject({ remoteJid: alice.lid, fromMe: true });
  await server.owner.sendText(server.owner, 'note to self');
  const note = await client.waitForText('note to self');
  expect(note.message.key).toMatchObject({ remoteJid: server.owner.lid, fromMe: true });
});

test('the companion writes into the chat with oneself', async () => {
  await using crew = await startCrew();
  const { client, server } = crew;
  await client.socket.sendMessage(server.owner.jid, { text: 'reminder' });
  const seen = await server.owner.waitForMessage(({ text }) => text === 'reminder');
  expect(seen).toMatchObject({ chat: server.owner.jid, fromCompanion: true });
});

test('phones see the messages of each other', async () => {
  await using crew = await startCrew();
  const { alice, bob, group } = crew;
  await alice.sendText(group, 'hello');
  expect(await bob.waitForMessage(({ text }) => text === 'hello')).toMatchObject({
    from: alice.jid,
    fromCompanion: false,
  });
  expect(alice.seen).toEqual([]);
});

test('mentions and quotes arrive on both sides', async () => {
  await using crew = await startCrew();
  const { alice, bob, group, client, server } = crew;
  await alice.sendText(group, 'question');
  const question = await bob.waitForMessage(({ text }) => text === 'question');
  const mentions = [server.owner.lid];
  await bob.sendText(group, '@bot please', { mentions, quote: question });
  const { message } = await client.waitForText('@bot please');
  expect(message.message?.extendedTextMessage?.contextInfo).toMatchObject({
    mentionedJid: mentions,
    stanzaId: question.id,
    participant: alice.lid,
    quotedMessage: { conversation: 'question' },
  });
  const answer = { text: 'answer', mentions: [bob.lid] };
  await client.socket.sendMessage(group.jid, answer, { quoted: message });
  expect(await bob.waitForMessage(({ text }) => text === 'answer')).toMatchObject({
    mentions: [bob.lid],
    quotedId: message.key.id,
    quotedText: '@bot please',
  });
});

test('reactions, edits and deletions change what a phone shows', async () => {
  await using crew = await startCrew();
  const { alice, group, client, server } = crew;
  const sent = await client.socket.sendMessage(group.jid, { text: 'first' });
  const key = sent!.key;
  const seen = await alice.waitForMessage(({ text }) => text === 'first');
  await client.socket.sendMessage(group.jid, { react: { key, text: '👍' } });
  await alice.waitForMessage(({ reactions }) => reactions.get(server.owner.jid) === '👍');
  await client.socket.sendMessage(group.jid, { text: 'second', edit: key });
  await alice.waitForMessage(({ text, edits }) => text === 'second' && edits === 1);
  await client.socket.sendMessage(group.jid, { delete: key });
  await alice.waitForMessage(({ isDeleted }) => isDeleted);
  expect(alice.seen).toHaveLength(1);
  await alice.react(group, seen, '🎉');
  const { message } = await client.messages.waitFor(
    (each) => each.message.message?.reactionMessage?.text === '🎉',
  );
  expect(message.message?.reactionMessage?.key).toMatchObject({ id: key.id, fromMe: true });
});

test('typing is seen on both sides', async () => {
  await using crew = await startCrew();
  const { alice, group, client, server } = crew;
  const presences: unknown[] = [];
  const updated = new Promise<void>((resolve) => {
    client.socket.ev.on('presence.update', (update) => {
      presences.push(update);
      resolve();
    });
  });
  alice.showTyping(group, 'composing');
  await updated;
  expect(presences).toEqual([
    { id: group.jid, presences: { [alice.lid]: { lastKnownPresence: 'composing' } } },
  ]);
  await client.socket.sendPresenceUpdate('composing', group.jid);
  await client.socket.sendPresenceUpdate('paused', group.jid);
  await client.socket.sendPresenceUpdate('recording', alice.lid);
  await alice.waitForTyping(({ state }) => state === 'recording');
  expect(alice.typing).toEqual([
    { chat: group.jid, from: server.owner.jid, state: 'composing' },
    { chat: group.jid, from: server.owner.jid, state: 'paused' },
    { chat: server.owner.jid, from: server.owner.jid, state: 'recording' },
  ]);
});

test('a phone learns that the companion received and read its message', async () => {
  await using crew = await startCrew();
  const { alice, group, client } = crew;
  const { id } = await alice.sendText(group, 'read me');
  const { message } = await client.waitForText('read me');
  await client.socket.readMessages([message.key]);
  const receipt = await alice.waitForReceipt(({ type }) => type === 'read');
  expect(receipt).toEqual({ id, chat: group.jid, type: 'read' });
  expect(alice.receipts.map(({ type }) => type)).toEqual(['inactive', 'read']);
});
