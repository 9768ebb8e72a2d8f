import { expect, test } from 'vitest';
import { type RegisteredGroup, registeredGroupSchema } from './group.ts';
import type { InboundMessage } from './message.ts';
import { decideTrigger, isTriggerNamed } from './trigger.ts';

const group = registeredGroupSchema.parse({ jid: '1@g.us', name: 'Family', folder: 'family' });
const context = {
  assistantName: 'Assistant',
  ownJids: ['100@s.whatsapp.net', '200@lid'],
  isQuoteOfOurs: false,
};

function decide(
  part: Partial<InboundMessage>,
  groupPart: Partial<RegisteredGroup> = {},
  isQuoteOfOurs = false,
) {
  const message: InboundMessage = {
    chatJid: '1@g.us',
    senderJid: '5@s.whatsapp.net',
    senderName: 'Ana',
    id: 'A1',
    sentAt: 1000,
    text: 'hello',
    isFromMe: false,
    isGroup: true,
    mentions: [],
    ...part,
  };
  return decideTrigger(message, { ...group, ...groupPart }, { ...context, isQuoteOfOurs });
}

test.each([
  ['@Assistant hello'],
  ['hello @assistant'],
  ['(@ASSISTANT)'],
  ['hey,@Assistant: what?'],
  ['@Assistant.'],
  ['line\n@Assistant'],
  ['@Assistant’s turn'],
])('%j calls the assistant', (text) => {
  expect(isTriggerNamed(text, 'Assistant')).toBe(true);
});

test.each([
  ['@Assistants'],
  ['@Assistant_bot'],
  ['@Assistant2'],
  ['me@Assistant'],
  ['me@assistant.org'],
  ['@Assistant.org'],
  ['@Assistánt'],
  ['Assistant'],
  ['@Assistant\u0301'],
])('%j does not call the assistant', (text) => {
  expect(isTriggerNamed(text, 'Assistant')).toBe(false);
});

test('a name of another script and with regular-expression characters is matched as it is', () => {
  expect(isTriggerNamed('@Помощник, привет', 'помощник')).toBe(true);
  expect(isTriggerNamed('@a.b hi', 'a.b')).toBe(true);
  expect(isTriggerNamed('@axb hi', 'a.b')).toBe(false);
  expect(isTriggerNamed('@Andre\u0301 hi', 'André')).toBe(true);
});

test('a mention of our phone number or LID triggers, one of somebody else does not', () => {
  expect(decide({ mentions: ['200@lid'] })).toBe('mention');
  expect(decide({ mentions: ['100@s.whatsapp.net'] })).toBe('mention');
  expect(decide({ mentions: ['300@lid'] })).toBe('not_addressed');
});

test('a reply to one of our messages triggers', () => {
  expect(decide({}, {}, true)).toBe('reply');
});

test('the main group and a group without requiresTrigger are always answered', () => {
  expect(decide({}, { isMain: true })).toBe('always');
  expect(decide({}, { requiresTrigger: false })).toBe('always');
  expect(decide({}, { isMain: true, requiresTrigger: true })).toBe('not_addressed');
});

test("the group's own trigger word replaces the assistant's name", () => {
  expect(decide({ text: '@Andy hi' }, { trigger: '@Andy' })).toBe('name');
  expect(decide({ text: '@Assistant hi' }, { trigger: '@Andy' })).toBe('not_addressed');
});

test('an empty message never triggers', () => {
  expect(decide({ text: '  ' }, { isMain: true })).toBe('empty');
});

test('what the owner of the account writes on their phone triggers like any message', () => {
  expect(decide({ text: '@Assistant', isFromMe: true })).toBe('name');
});
