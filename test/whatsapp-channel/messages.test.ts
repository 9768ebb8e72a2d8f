import { describe, expect, test } from 'vitest';
import { outbound } from './channel-host.fixture.ts';
import { makeLinkedWorld } from './world.fixture.ts';

describe.each(['lid', 'pn'] as const)('in a group addressed by %s', (addressingMode) => {
  test('a text comes in under both identities of its author', async () => {
    await using world = await makeLinkedWorld({ addressingMode });
    const { host, alice, group } = world;
    const { id } = await alice.sendText(group, 'hello');
    expect(await host.waitForText('hello')).toEqual({
      chatJid: group.jid,
      senderJid: alice.jid,
      senderAltJid: alice.lid,
      senderName: 'Alice',
      id,
      sentAt: expect.any(Number),
      text: 'hello',
      isFromMe: false,
      isGroup: true,
      mentions: [],
    });
    expect(host.journaledCount()).toBe(0);
  });

  test('a mention of the account, by LID or number, is a mention of its phone JID', async () => {
    await using world = await makeLinkedWorld({ addressingMode });
    const { host, server, alice, bob, group } = world;
    const mentions = [
      server.owner.lid,
      server.owner.jid,
      addressingMode === 'lid' ? bob.lid : bob.jid,
    ];
    await bob.sendText(group, 'so that bob is known');
    await alice.sendText(group, 'hey all', { mentions });
    const message = await host.waitForText('hey all');
    expect(message.mentions).toEqual([server.owner.jid, server.owner.jid, bob.jid]);
  });

  test('a text, a mention and a quote go out and are read by every phone', async () => {
    await using world = await makeLinkedWorld({ addressingMode });
    const { host, alice, bob, group } = world;
    const asked = await alice.sendText(group, 'who?');
    await host.waitForText('who?');
    const message = {
      ...outbound(group, `ask @${bob.jid.split('@')[0]}`),
      mentions: [bob.jid],
      quoted: { id: asked.id, senderJid: alice.jid, text: 'who?' },
    };
    expect(await host.send(message)).toEqual({ status: 'acked' });
    const bobsAddress = addressingMode === 'lid' ? bob.lid : bob.jid;
    for (const phone of [alice, bob, world.server.owner]) {
      const seen = await phone.waitForMessage(({ id }) => id === message.id);
      expect(seen).toMatchObject({
        chat: group.jid,
        fromCompanion: true,
        text: `ask @${bobsAddress.split('@')[0]}`,
        quotedId: asked.id,
        quotedText: 'who?',
        mentions: [bobsAddress],
      });
    }
  });

  test('a reply to one of our messages names it and us', async () => {
    await using world = await makeLinkedWorld({ addressingMode });
    const { host, alice, group } = world;
    const question = outbound(group, 'which one?');
    await host.send(question);
    const quote = await alice.waitForMessage(({ id }) => id === question.id);
    await alice.sendText(group, 'the red one', { quote });
    const { quoted } = await host.waitForText('the red one');
    expect(quoted).toEqual({ id: question.id, senderJid: host.ownJid, text: 'which one?' });
  });
});

test('direct messages go both ways', async () => {
  await using world = await makeLinkedWorld();
  const { host, alice } = world;
  await alice.sendText(world.server.owner, 'psst');
  const message = await host.waitForText('psst');
  expect(message).toMatchObject({
    chatJid: alice.jid,
    senderJid: alice.jid,
    senderAltJid: alice.lid,
    isGroup: false,
  });
  const answer = outbound(alice, 'yes?');
  expect(await host.send(answer)).toEqual({ status: 'acked' });
  const seen = await alice.waitForMessage(({ id }) => id === answer.id);
  expect(seen).toMatchObject({ text: 'yes?', chat: world.server.owner.jid });
});

test('what the owner writes on the phone comes in as from us', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, alice, group } = world;
  await server.owner.sendText(group, 'from my phone');
  expect(await host.waitForText('from my phone')).toMatchObject({
    chatJid: group.jid,
    senderJid: server.owner.jid,
    isFromMe: true,
  });
  await server.owner.sendText(alice, 'directly');
  expect(await host.waitForText('directly')).toMatchObject({
    chatJid: alice.jid,
    senderJid: server.owner.jid,
    isFromMe: true,
  });
});

test('media, captions and reactions', async () => {
  await using world = await makeLinkedWorld();
  const { host, alice, group } = world;
  const { id } = await alice.sendText(group, 'look');
  await alice.react(group, { ...alice.seen[0]!, id, chat: group.jid, from: alice.jid }, '👍');
  await alice.sendMessage(group, { imageMessage: { caption: 'a cat', mimetype: 'image/png' } });
  await alice.sendMessage(group, { audioMessage: { ptt: true, mimetype: 'audio/ogg' } });
  await host.waitForText('[voice message]');
  expect(host.received.items.map((message) => message.text)).toEqual([
    'look',
    '[image] a cat',
    '[voice message]',
  ]);
  expect(host.journaledCount()).toBe(0);
});

test('typing is shown and stops', async () => {
  await using world = await makeLinkedWorld();
  const { host, alice, group } = world;
  await host.channel.setTyping(group.jid, true);
  await alice.waitForTyping(({ state }) => state === 'composing');
  await host.channel.setTyping(group.jid, false);
  await alice.waitForTyping(({ state }) => state === 'paused');
});

test('connecting does not show the account as online', async () => {
  await using world = await makeLinkedWorld();
  expect(world.server.counts.presences['available']).toBeUndefined();
});

test('groups are listed with their members, and a new member reads what follows', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, alice, group } = world;
  const subjects = (await host.channel.listGroups())?.map(({ subject }) => subject);
  expect(subjects).toEqual(['Crew']);
  await host.send(outbound(group, 'before'));
  const carol = server.addPhone({ name: 'Carol', phoneNumber: '15550000004' });
  group.add(carol);
  group.rename('Crew and Carol');
  await server.waitForQuiet();
  const info = await host.channel.groupInfo(group.jid);
  expect(info).toMatchObject({ jid: group.jid, subject: 'Crew and Carol' });
  expect(info?.members).toContainEqual({ jid: alice.jid, lid: alice.lid, isAdmin: true });
  expect(info?.members).toContainEqual({ jid: carol.jid, lid: carol.lid, isAdmin: false });
  const after = outbound(group, 'welcome');
  await host.send(after);
  expect(await carol.waitForMessage(({ id }) => id === after.id)).toMatchObject({
    text: 'welcome',
  });
});

test('a group we are no member of is unknown, and a message to it is refused for good', async () => {
  await using world = await makeLinkedWorld();
  const { host, server, alice, bob } = world;
  const other = server.addGroup({ subject: 'Others', members: [alice, bob] });
  other.remove(server.owner);
  await server.waitForQuiet();
  expect(await host.channel.groupInfo(other.jid)).toBeUndefined();
  expect(await host.send(outbound(other, 'hi'))).toMatchObject({ status: 'rejected' });
});
