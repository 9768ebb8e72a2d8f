import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RegisteredGroup, registeredGroupSchema } from '../../core/group.ts';
import { type Db, openDatabase } from '../../db/database.ts';
import type { Command, RequestOrigin } from '../command.ts';
import { createDestinationRules } from './destination.ts';
import { createMessageCommand } from './message.ts';

const family = group('2@g.us', 'family');
const main = group('1@g.us', 'main', true);
let now: number;
let db: Db;
let posts: { chatJid: string; text: string; origin: RequestOrigin }[];
let command: Command;

function group(jid: string, folder: string, isMain = false): RegisteredGroup {
  return registeredGroupSchema.parse({ jid, folder, name: folder, isMain });
}

beforeEach(() => {
  now = 0;
  db = openDatabase(':memory:', []);
  posts = [];
  command = createMessageCommand({
    rules: createDestinationRules({
      groups: { get: (jid) => [family, main].find((group) => group.jid === jid) },
      now: () => now,
      rate: { burst: 2, perSecond: 0.5 },
    }),
    findMessage: (chatJid, id) =>
      chatJid === '2@g.us' && id === 'M1'
        ? { quoted: { id, senderJid: '5@lid', text: 'old' }, isFromMe: false }
        : undefined,
    enqueueMessage(chatJid, text, origin, options) {
      posts.push({ chatJid, text, origin, ...options });
      return { messageId: text === '<internal/>' ? undefined : '3EB0' };
    },
  });
});

afterEach(() => {
  db.close();
});

describe('the message command', () => {
  it('hands chat, text and origin on, and returns the id', () => {
    const prepared = command.prepare(family, { type: 'message', chatJid: '2@g.us', text: 'hi' });
    expect(posts).toEqual([]);
    const origin = { folder: 'family', requestId: 'a.json', acceptedAt: 7 };
    expect(prepared.ok && 'apply' in prepared && prepared.apply(db, origin)).toEqual({
      messageId: '3EB0',
    });
    expect(posts).toEqual([{ chatJid: '2@g.us', text: 'hi', origin, mentions: [] }]);
  });

  it('quotes a message of the chat and mentions people, and refuses an id the chat does not have', () => {
    const request = { type: 'message', chatJid: '2@g.us', text: 'hi', mentions: ['7@lid'] };
    expect(command.prepare(family, { ...request, replyTo: 'M2' })).toMatchObject({
      code: 'unknown_message',
    });
    const prepared = command.prepare(family, { ...request, replyTo: 'M1' });
    const origin = { folder: 'family', requestId: 'a.json', acceptedAt: 7 };
    if (prepared.ok && 'apply' in prepared) prepared.apply(db, origin);
    const quoted = { id: 'M1', senderJid: '5@lid', text: 'old' };
    expect(posts).toMatchObject([{ text: 'hi', quoted, mentions: ['7@lid'] }]);
  });

  it('counts a long text as the messages that it becomes', () => {
    const ask = (text: string) =>
      command.prepare(family, { type: 'message', chatJid: '2@g.us', text });
    expect(ask('😀'.repeat(5_000)).ok).toBe(true);
    expect(ask('hi')).toMatchObject({
      code: 'rate_limited',
      error: 'Too many messages at once. Send this one again in 4 s.',
    });
    now += 4_000;
    expect(ask('hi').ok).toBe(true);
  });

  it('refuses a group more messages than its rate and says when to try again', () => {
    const request = { type: 'message', chatJid: '2@g.us', text: 'hi' };
    const ask = (group: RegisteredGroup) => command.prepare(group, request);
    expect([ask(family).ok, ask(family).ok]).toEqual([true, true]);
    expect(ask(family)).toEqual({
      ok: false,
      code: 'rate_limited',
      error: 'Too many messages at once. Send this one again in 2 s.',
    });
    expect(ask(main).ok).toBe(true);
    now = 2_000;
    expect(ask(family).ok).toBe(true);
  });

  it('does not count what it refuses', () => {
    const request = { type: 'message', chatJid: '9@g.us', text: 'hi' };
    for (let index = 0; index < 10; index += 1) {
      expect(command.prepare(family, request)).toMatchObject({ code: 'not_allowed' });
    }
    expect(command.prepare(family, { ...request, chatJid: '2@g.us' }).ok).toBe(true);
  });

  it('refuses a blank text, and gives no id for one of which nothing is sent', () => {
    const request = { type: 'message', chatJid: '2@g.us', text: ' \n' };
    expect(command.prepare(family, request)).toMatchObject({ ok: false, code: 'malformed' });
    const prepared = command.prepare(family, { ...request, text: '<internal/>' });
    const origin = { folder: 'family', requestId: 'a.json', acceptedAt: 7 };
    expect(prepared.ok && 'apply' in prepared && prepared.apply(db, origin)).toEqual({});
  });

  it('names the wrong field', () => {
    expect(command.prepare(family, { type: 'message', chatJid: '2@g.us' })).toMatchObject({
      code: 'malformed',
      error: expect.stringMatching(/^The request has wrong fields: text: /),
    });
  });
});
