import { expect, test } from 'vitest';
import { readInbound } from '../../src/channels/whatsapp/inbound.ts';
import { createCliWorld } from '../../src/cli/cli-world.fixture.ts';
import { renderAnswer } from '../../src/core/outbound/render-answer.ts';
import { encodeConversation } from '../../src/core/prompt.ts';
import { FAMILY_JID, insertAnswered, insertMessage } from '../../src/db/story-rows.fixture.ts';
import { createTasks } from '../../src/db/tasks.ts';
import { createLogger } from '../../src/logger.ts';
import { NOW, WebWorld } from '../../src/web/web-world.fixture.ts';
import { World } from '../engine/world.ts';
import { answer } from '../fakes/fake-runner.ts';
import { hostileTexts, TERMINAL_CONTROL } from './hostile-texts.ts';

const texts = Object.entries(hostileTexts);
const RUN = 'run-0a1b2c3d4e5f6071';
/** Directions alone: a page may have everything else, which is text in it. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

function createTask(db: Parameters<typeof createTasks>[0], prompt: string): void {
  const schedule = { scheduleType: 'interval', scheduleValue: '3600000', timeZone: 'UTC' } as const;
  const plan = { ...schedule, prompt, contextMode: 'group', anchorAt: NOW } as const;
  const owner = { folder: 'family', chatJid: FAMILY_JID, createdBy: 'agent:family' };
  createTasks(db).insert(plan, { ...owner, id: 'task-1', nextRunAt: NOW + 3_600_000, now: NOW });
}

test.each(texts)(
  'T8: %s in names, ids and texts makes no other line of the log',
  async (_what, text) => {
    const writes: string[] = [];
    await using world = new World();
    world.logger = createLogger('trace', {
      destination: { write: (line) => void writes.push(line) },
    });
    const engine = world.startHost();
    world.open();
    world.runner.respond = () => answer(text);
    engine.ingest(
      world.message({ id: text.slice(0, 100), senderName: text, text: `@Assistant ${text}` }),
    );
    await engine.idle();
    expect(writes.length).toBeGreaterThan(0);
    for (const line of writes) {
      expect(line.endsWith('\n') && line.indexOf('\n') === line.length - 1).toBe(true);
      expect(JSON.parse(line)).toHaveProperty('msg');
    }
  },
);

test.each(texts)('T8: %s shows as text in a terminal', async (_what, text) => {
  using world = createCliWorld();
  world.register({ [FAMILY_JID]: { name: text.slice(0, 200), folder: 'family' } });
  world.fill((db) => {
    insertAnswered(db);
    insertMessage(db, { id: text, sender_name: text, text, decision: 'empty', is_trigger: 0 });
    createTask(db, text);
  });
  const commands = [
    ['why', 'last', '--text'],
    ['why'],
    ['runs', 'list'],
    ['runs', 'show', RUN],
    ['groups', 'list'],
    ['groups', 'show', 'family'],
    ['tasks', 'list'],
    ['tasks', 'show', 'task-1'],
    ['status'],
    ['why', text.slice(0, 100)],
    ['groups', 'show', text.slice(0, 100)],
  ];
  for (const command of commands) {
    const { stdout, stderr } = await world.run(...command);
    expect(stdout + stderr).not.toBe('');
    expect(stdout + stderr).not.toMatch(TERMINAL_CONTROL);
  }
});

test('T8: a terminal would obey the texts as they are', () => {
  const kept = ['markup', 'a mebibyte', 'a line break'];
  for (const [what, text] of texts) expect(TERMINAL_CONTROL.test(text)).toBe(!kept.includes(what));
});

test.each(texts)('T8: %s turns nothing round on a page of the console', async (_what, text) => {
  const name = text.slice(0, 200);
  await using world = await WebWorld.open({ [FAMILY_JID]: { name, folder: 'family' } });
  insertMessage(world.db, { sender_name: text, text, id: text });
  createTask(world.db, text);
  for (const path of [
    '/',
    '/groups',
    '/groups/family',
    '/tasks',
    '/why?text=1',
    '/why?message=last&text=1',
  ]) {
    const { status, body } = await world.get(path);
    expect(status).toBe(200);
    expect(DIRECTIONS.test(body)).toBe(false);
  }
});

test.each(texts)('T8: %s in a name is one attribute of one line in the prompt', (_what, text) => {
  const message = { id: text, senderName: text, senderJid: '5@lid', sentAt: 0, isAssistant: false };
  const prompt = encodeConversation('messages', [{ ...message, text: 'hello' }], 'UTC', 'b');
  expect(prompt.split('\n')).toHaveLength(3);
  expect(prompt.match(/<message /g)).toHaveLength(1);
  expect(prompt.isWellFormed()).toBe(true);
});

test.each(texts)('T8: %s comes in bounded, and a name in one line', (_what, text) => {
  const own = { phone: '100@s.whatsapp.net' };
  const key = { remoteJid: '1-2@g.us', participant: '201@lid', fromMe: false, id: 'A1' };
  const quoted = { stanzaId: 'B1', quotedMessage: { conversation: text } };
  const message = { extendedTextMessage: { text, contextInfo: quoted } };
  const wa = { key, pushName: text, messageTimestamp: 1, message };
  const context = { own, findOther: () => undefined, receivedAt: 1 };
  const read = readInbound(wa, context);
  if (read.kind !== 'message') throw new Error(read.reason);
  expect(read.message.senderName.length).toBeLessThanOrEqual(100);
  expect(read.message.senderName).not.toMatch(/[\n\r\u2028\u2029]/);
  expect(read.message.text.length).toBeLessThanOrEqual(65_536);
  expect(read.message.quoted?.text.length).toBeLessThanOrEqual(65_536);
  const long = { ...wa, key: { ...key, id: 'A'.repeat(1_048_576) } };
  expect(readInbound(long, context)).toEqual({ kind: 'ignored', reason: 'id too long' });
});

test.each(texts)('T8: %s of an agent is sent without what nobody can see', (_what, text) => {
  const sent = renderAnswer(text.slice(0, 1_000)).join('');
  expect(sent).not.toMatch(/(?![\t\n])\p{Cc}/u);
  expect(sent.isWellFormed()).toBe(true);
});
