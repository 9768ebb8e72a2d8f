import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InboundMessage } from '../../src/core/message.ts';
import { answer } from '../fakes/fake-runner.ts';
import { FAMILY, group, MAIN, World } from './world.ts';

const ANA = '4915112345678@s.whatsapp.net';
const EVE = { senderJid: '666@s.whatsapp.net', senderName: 'Eve', senderAltJid: '6660@lid' };

class AccessWorld extends World {
  constructor(part: object) {
    super();
    this.groups.set(FAMILY, group({ jid: FAMILY, name: 'Family', folder: 'family', ...part }));
  }

  openHost() {
    const engine = this.startHost();
    this.open();
    this.runner.respond = () => answer('hi');
    return engine;
  }

  fromAna(part: Partial<InboundMessage> = {}): InboundMessage {
    return this.message({ senderJid: ANA, ...part });
  }

  get rows(): unknown[] {
    return (
      this.db
        ?.prepare(
          'select id, sender_jid as sender, text, state, decision from messages order by seq',
        )
        .all() ?? []
    );
  }

  get decisions(): unknown[] {
    return this.db?.prepare('select decision from messages order by seq').pluck().all() ?? [];
  }
}

const onlyAna = { senders: { allow: ['+49 151 12345678'] } };
const droppingOthers = { senders: { ...onlyAna.senders, mode: 'drop' } };

test('every stored message keeps why it asks or does not', async () => {
  await using world = new AccessWorld(onlyAna);
  const engine = world.openHost();
  engine.ingest(world.fromAna());
  await engine.idle();
  const ours = world.channel.sent[0]?.id ?? '';
  engine.ingest(world.fromAna({ text: 'hey', mentions: ['200@lid'] }));
  engine.ingest(world.fromAna({ text: 'and?', quoted: { id: ours, text: 'hi' } }));
  engine.ingest(world.fromAna({ text: 'to you all' }));
  engine.ingest(world.fromAna({ text: ' ' }));
  engine.ingest(world.message({ ...EVE }));
  engine.ingest(world.message({ chatJid: MAIN, senderJid: MAIN, text: 'hello' }));
  engine.ingest(world.message({ chatJid: MAIN, senderJid: MAIN, text: '/login codex' }));
  expect(world.decisions).toEqual([
    'name',
    'mention',
    'reply',
    'not_addressed',
    'empty',
    'not_allowed',
    'always',
    'command',
  ]);
  await engine.idle();
});

test('a mention, a reply and any word in a group that is always answered trigger for nobody else', async () => {
  await using world = new AccessWorld({ ...onlyAna, requiresTrigger: false });
  const engine = world.openHost();
  engine.ingest(world.fromAna());
  await engine.idle();
  const ours = world.channel.sent[0]?.id ?? '';
  for (const part of [
    {},
    { mentions: ['200@lid'] },
    { text: 'hello' },
    { text: 'and?', quoted: { id: ours, text: 'hi' } },
  ]) {
    expect(engine.ingest(world.message({ ...EVE, ...part }))).toBe('context');
  }
  await engine.idle();
  expect(world.runner.runs).toHaveLength(1);
});

test('what others say is context of the next question', async () => {
  await using world = new AccessWorld(onlyAna);
  const engine = world.openHost();
  engine.ingest(world.message({ ...EVE, text: '@Assistant tell me' }));
  engine.ingest(world.fromAna());
  await engine.idle();
  expect(world.runner.runs[0]?.request.prompt).toContain('tell me');
});

test('of a dropped message only its identity and time are kept, also when it is delivered twice', async () => {
  await using world = new AccessWorld(droppingOthers);
  const engine = world.openHost();
  const media = { kind: 'image', source: '{}' } as const;
  const dropped = world.message({
    ...EVE,
    id: 'E1',
    text: '@Assistant do evil',
    quoted: { id: 'X', text: 'evil quote' },
    media: { ...media, fileName: 'evil.png', byteSize: 3 },
  });
  expect(engine.ingest(dropped)).toBe('dropped');
  expect(engine.ingest(dropped)).toBe('duplicate');
  const { senderJid, senderAltJid } = EVE;
  const renamed = { ...dropped, senderJid: senderAltJid, senderAltJid: senderJid };
  expect(engine.ingest(renamed)).toBe('duplicate');
  expect(world.rows).toEqual([
    { id: 'E1', sender: EVE.senderJid, text: '', state: 'consumed', decision: 'dropped' },
  ]);
  const whole = JSON.stringify(world.db?.prepare('select * from messages').all());
  expect(whole).not.toMatch(/evil|Eve/);
  expect(world.db?.prepare('select * from media').all()).toEqual([]);
  await engine.idle();
  expect([world.channel.downloads, world.channel.sent]).toEqual([[], []]);
});

test('a dropped message is in no prompt: not as context, history or a quote', async () => {
  await using world = new AccessWorld(droppingOthers);
  const engine = world.openHost();
  for (const id of ['E1', 'E2']) engine.ingest(world.message({ ...EVE, id, text: 'evil words' }));
  const evil = { id: 'E1', text: 'evil words' };
  engine.ingest(world.fromAna({ quoted: { ...evil, senderJid: EVE.senderJid } }));
  engine.ingest(world.fromAna({ quoted: evil }));
  engine.ingest(world.fromAna({ quoted: { ...evil, id: 'E9', senderJid: EVE.senderAltJid } }));
  await engine.idle();
  engine.ingest(world.fromAna());
  await engine.idle();
  const prompts = JSON.stringify(world.runner.runs.map(({ request }) => request));
  expect(world.runner.runs.length).toBeGreaterThan(1);
  expect(prompts).not.toMatch(/evil|666/);
});

test('who borrows the id of a message that was kept does not get into a prompt by being quoted', async () => {
  await using world = new AccessWorld(droppingOthers);
  const engine = world.openHost();
  engine.ingest(world.fromAna({ id: 'A1', text: 'lunch at noon' }));
  engine.ingest(world.message({ ...EVE, id: 'A1', text: 'evil words' }));
  const quoted = { id: 'A1', senderJid: EVE.senderJid, text: 'evil words' };
  engine.ingest(world.fromAna({ quoted }));
  await engine.idle();
  expect(world.runner.runs[0]?.request.prompt).toContain('lunch at noon');
  expect(world.runner.runs[0]?.request.prompt).not.toContain('evil');
});

test('quotes of the assistant and of those who may ask stay', async () => {
  await using world = new AccessWorld({ senders: { allow: ['77@lid', ANA], mode: 'drop' } });
  const engine = world.openHost();
  const ben = { senderJid: '4915100000077@s.whatsapp.net', senderAltJid: '77@lid' };
  engine.ingest(world.message({ ...ben, id: 'B1', text: 'noon?' }));
  const { senderJid } = ben;
  engine.ingest(world.fromAna({ quoted: { id: 'B1', senderJid, text: 'noon quoted' } }));
  engine.ingest(world.fromAna({ quoted: { id: 'A9', senderJid: ANA, text: 'earlier words' } }));
  const own = { id: 'O1', senderJid: '100@s.whatsapp.net', text: 'own words' };
  engine.ingest(world.fromAna({ quoted: own }));
  await engine.idle();
  const prompts = JSON.stringify(world.runner.runs.map(({ request }) => request.prompt));
  for (const text of ['noon quoted', 'earlier words', 'own words']) expect(prompts).toContain(text);
});

test('a restart changes nothing: who was let in is answered, who was not stays out', async () => {
  await using world = new AccessWorld(droppingOthers);
  const first = world.startHost();
  const [asked, dropped] = [world.fromAna(), world.message(EVE)];
  first.ingest(asked);
  first.ingest(dropped);
  world.crash();
  const engine = world.openHost();
  expect(engine.ingest(dropped)).toBe('duplicate');
  expect(engine.ingest(asked)).toBe('duplicate');
  await engine.idle();
  expect(world.runner.runs).toHaveLength(1);
});

test('the list of the moment counts: it holds from the next message on', async () => {
  await using world = new AccessWorld(onlyAna);
  const engine = world.openHost();
  engine.ingest(world.message(EVE));
  world.groups.set(FAMILY, group({ jid: FAMILY, name: 'Family', folder: 'family' }));
  engine.ingest(world.message(EVE));
  await engine.idle();
  expect(world.decisions).toEqual(['not_allowed', 'name']);
});

test('where the main chat names admins, a command of another person is only something that was said', async () => {
  await using world = new AccessWorld({});
  const main = { jid: MAIN, name: 'Me', folder: 'main', isMain: true };
  world.groups.set(MAIN, group({ ...main, admins: [ANA] }));
  const engine = world.openHost();
  const command = { chatJid: MAIN, text: '/login codex' };
  expect(engine.ingest(world.message({ ...command, ...EVE }))).toBe('context');
  await engine.idle();
  expect(world.channel.sent).toEqual([]);
  engine.ingest(world.fromAna(command));
  await engine.idle();
  expect(world.channel.texts).toEqual(['nobody signs in here']);
  expect(world.decisions).toEqual(['not_allowed', 'command']);
});

test('nobody outside the list triggers, in whatever form the list and the sender are written', async () => {
  const digits = fc.stringMatching(/^49[1-9][0-9]{6,10}$/);
  const form = fc.constantFrom(
    (number: string) => `+${number}`,
    (number: string) => `+49 (0)${number.slice(2)}`,
    (number: string) => `${number}@s.whatsapp.net`,
    (number: string) => `${number}:4@s.whatsapp.net`,
    (number: string) => `${number}@lid`,
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(digits, form), { maxLength: 3 }),
      digits,
      fc.constantFrom('trigger', 'drop'),
      async (listed, stranger, mode) => {
        fc.pre(listed.every(([number]) => number !== stranger));
        const allow = listed.map(([number, write]) => write(number));
        await using world = new AccessWorld({ senders: { allow, mode }, requiresTrigger: false });
        const engine = world.openHost();
        const [phone, lid] = [`${stranger}@s.whatsapp.net`, `${stranger}@lid`];
        for (const senderJid of [phone, lid]) {
          engine.ingest(world.message({ senderJid }));
          engine.ingest(
            world.message({ senderJid, senderAltJid: senderJid === phone ? lid : phone }),
          );
        }
        await engine.idle();
        expect(world.runner.runs).toHaveLength(0);
        expect(new Set(world.decisions)).toEqual(
          new Set([mode === 'drop' ? 'dropped' : 'not_allowed']),
        );
      },
    ),
    { numRuns: 20 },
  );
});

test('where others are dropped, a quote of the assistant is kept', async () => {
  await using world = new AccessWorld({ senders: { allow: [ANA], mode: 'drop' } });
  const engine = world.openHost();
  const id = engine.enqueue(FAMILY, 'I said this', 'test:1') ?? '';
  await engine.idle();
  engine.ingest(world.fromAna({ text: 'really?', quoted: { id, text: 'I said this' } }));
  await engine.idle();
  const run = await world.runner.waitForRun(1);
  expect(run.request.prompt).toContain('replies-to="I said this"');
});

test('a chat that is registered under neither JID of its person stays unregistered', async () => {
  await using world = new AccessWorld({});
  const engine = world.openHost();
  const direct = { chatJid: '77@s.whatsapp.net', chatAltJid: '770@lid', isGroup: false };
  expect(engine.ingest(world.message(direct))).toBe('unregistered');
});
