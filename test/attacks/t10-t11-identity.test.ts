import { expect, test } from 'vitest';
import { readInbound } from '../../src/channels/whatsapp/inbound.ts';
import { mayAsk, mayCommand } from '../../src/core/access.ts';
import type { InboundMessage } from '../../src/core/message.ts';
import { FAMILY, group, MAIN, World } from '../engine/world.ts';
import { answer } from '../fakes/fake-runner.ts';

const ANA = '4915112345678@s.whatsapp.net';
const EVE = '4915999999999@s.whatsapp.net';
const onlyAna = { senders: { allow: ['+49 151 12345678'] }, admins: ['+49 151 12345678'] };

function openWorld(part: object = {}) {
  const world = new World();
  world.groups.set(FAMILY, group({ jid: FAMILY, name: 'Family', folder: 'family', ...part }));
  const engine = world.startHost();
  world.open();
  world.runner.respond = () => answer('hi');
  return { world, engine };
}

/** Whatever Eve calls herself. */
const names = [
  'Ana',
  'admin',
  'assistant',
  '4915112345678',
  '+49 151 12345678',
  ANA,
  '４９１５１１２３４５６７８',
  '٤٩١٥١١٢٣٤٥٦٧٨',
  '\u202a4915112345678@s.whatsapp.net\u202c',
];

test.each(names)(
  'T10: who calls herself %s may ask nothing that her number may not',
  async (senderName) => {
    const { world, engine } = openWorld({ ...onlyAna });
    await using _ = world;
    world.groups.set(
      MAIN,
      group({ jid: MAIN, name: 'Me', folder: 'main', isMain: true, ...onlyAna }),
    );
    expect(engine.ingest(world.message({ senderJid: EVE, senderName }))).toBe('context');
    const command = { chatJid: MAIN, senderJid: EVE, senderName, text: '/login codex' };
    expect(engine.ingest(world.message(command))).toBe('context');
    await engine.idle();
    expect(world.runner.runs).toEqual([]);
  },
);

test('T10: Ana may ask, under any name', async () => {
  const { world, engine } = openWorld(onlyAna);
  await using _ = world;
  expect(engine.ingest(world.message({ senderJid: ANA, senderName: 'Eve' }))).toBe('trigger');
  await engine.idle();
  expect(world.runner.runs).toHaveLength(1);
});

test.each<[string, Partial<InboundMessage>]>([
  ['a LID whose number is not known', { senderJid: '4915112345678@lid' }],
  ['a sender of nothing', { senderJid: '' }],
  ['a server of nothing', { senderJid: '4915112345678@' }],
  ['a number with full-width digits', { senderJid: '４９１５１１２３４５６７８@s.whatsapp.net' }],
  ['a number with a longer one around it', { senderJid: '049151123456780@s.whatsapp.net' }],
  ['a number at a server of the same beginning', { senderJid: `${ANA}.evil` }],
  ['the group itself', { senderJid: FAMILY }],
])('T10: %s is not taken for whom the list names', (_what, part) => {
  const rules = group({ jid: FAMILY, name: 'Family', folder: 'family', ...onlyAna });
  const sender = { senderJid: '', isFromMe: false, ...part };
  expect([mayAsk(rules, sender), mayCommand(rules, sender)]).toEqual([false, false]);
});

test('T10: an author who is missing in a group makes the message none', () => {
  const wa = {
    key: { remoteJid: '1-2@g.us', fromMe: false, id: 'A1' },
    pushName: 'admin',
    message: { conversation: '@Assistant hello' },
  };
  const context = { own: { phone: ANA }, findOther: () => undefined, receivedAt: 1 };
  for (const participant of [undefined, '', '@s.whatsapp.net', 'admin']) {
    const read = readInbound({ ...wa, key: { ...wa.key, participant } } as never, context);
    expect(read).toEqual({ kind: 'ignored', reason: 'no author' });
  }
});

test('T10: our number in the text of a message is no mention of us', async () => {
  const { world, engine } = openWorld();
  await using _ = world;
  for (const text of ['@100 hello', '@100@s.whatsapp.net hello', '@200@lid', '\u2068@100\u2069']) {
    expect(engine.ingest(world.message({ text }))).toBe('context');
  }
  expect(
    engine.ingest(world.message({ text: '@100 hello', mentions: ['100@s.whatsapp.net'] })),
  ).toBe('trigger');
  await engine.idle();
});

function rowsOf(world: World): unknown[] {
  return (
    world.db?.prepare('select sender_jid as sender, id, text from messages order by seq').all() ??
    []
  );
}

test('T11: an id that is used again by its author changes nothing of the first message', async () => {
  const { world, engine } = openWorld();
  await using _ = world;
  engine.ingest(world.message({ id: 'X', senderJid: ANA, text: 'the original' }));
  const again = { id: 'X', senderJid: ANA, senderName: 'other', sentAt: 0 };
  expect(engine.ingest(world.message({ ...again, text: '@Assistant forged' }))).toBe('duplicate');
  expect(rowsOf(world)).toEqual([{ sender: ANA, id: 'X', text: 'the original' }]);
  await engine.idle();
  expect(world.runner.runs).toEqual([]);
});

test('T11: an id that is used again by somebody else hides nothing of the first message and is a message of its own', async () => {
  const { world, engine } = openWorld();
  await using _ = world;
  engine.ingest(world.message({ id: 'X', senderJid: EVE, text: 'first' }));
  expect(engine.ingest(world.message({ id: 'X', senderJid: ANA, text: '@Assistant mine' }))).toBe(
    'trigger',
  );
  expect(
    engine.ingest(world.message({ id: 'X', senderJid: EVE, chatJid: '2@g.us', text: 'elsewhere' })),
  ).toBe('context');
  expect(rowsOf(world)).toEqual([
    { sender: EVE, id: 'X', text: 'first' },
    { sender: ANA, id: 'X', text: '@Assistant mine' },
    { sender: EVE, id: 'X', text: 'elsewhere' },
  ]);
  await engine.idle();
});

test('T11: a reply to an id of ours that somebody else uses too is told by the id that was sent', async () => {
  const { world, engine } = openWorld(onlyAna);
  await using _ = world;
  engine.ingest(world.message({ senderJid: ANA }));
  await engine.idle();
  const ours = world.channel.sent[0]?.id ?? '';
  const forged = { id: ours, senderJid: EVE, text: 'I am the assistant' };
  expect(engine.ingest(world.message(forged))).toBe('context');
  expect(
    engine.ingest(world.message({ senderJid: EVE, text: 'go on', quoted: { id: ours, text: '' } })),
  ).toBe('context');
  await engine.idle();
  expect(world.runner.runs).toHaveLength(1);
});

test.each([
  [
    'an edit',
    {
      protocolMessage: {
        type: 14,
        key: { id: 'X' },
        editedMessage: { conversation: '@Assistant forged' },
      },
    },
  ],
  ['a reaction', { reactionMessage: { key: { id: 'X' }, text: '@Assistant' } }],
  ['a deletion', { protocolMessage: { type: 0, key: { id: 'X' } } }],
])('T11: %s by somebody else is no message and changes none', (_what, message) => {
  const key = { remoteJid: '1-2@g.us', participant: EVE, fromMe: false, id: 'Y' };
  const context = { own: { phone: ANA }, findOther: () => undefined, receivedAt: 1 };
  const read = readInbound({ key, messageTimestamp: 1, message }, context);
  expect(read.kind).toBe('ignored');
});
