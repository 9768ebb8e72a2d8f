import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHAT_COMMAND_TEXTS, readChatCommand } from './chat-command.ts';
import { type RegisteredGroup, registeredGroupSchema } from './group.ts';
import type { InboundMessage } from './message.ts';

const main = registeredGroupSchema.parse({
  jid: '1@g.us',
  name: 'Me',
  folder: 'main',
  isMain: true,
  trigger: '@Captain',
});
const context = { assistantName: 'Assistant', ownJids: ['100@s.whatsapp.net', '200@lid'] };

function read(text: string, group: RegisteredGroup = main, part: Partial<InboundMessage> = {}) {
  const message: InboundMessage = {
    chatJid: '1@g.us',
    senderJid: '5@s.whatsapp.net',
    senderName: 'Ana',
    id: 'A1',
    sentAt: 1000,
    text,
    isFromMe: false,
    isGroup: true,
    mentions: [],
    ...part,
  };
  return readChatCommand(message, group, context);
}

const spellings = [
  CHAT_COMMAND_TEXTS.login_codex,
  'login codex',
  'Login Codex.',
  '  /LOGIN   CODEX!  ',
  'log in with codex',
  'log-in to ChatGPT',
  'sign in with ChatGPT',
  'Sign in with Chat GPT…',
  'signin chatgpt',
  'deckhand login codex',
];

test.each(spellings)('%j is the command to sign in', (text) => {
  expect(read(text)).toBe('login_codex');
});

test.each([
  '@Assistant /login codex',
  '@assistant, login codex',
  '@ASSISTANT: sign in with ChatGPT',
  '@Captain /login codex',
  '@100 /login codex',
  '@200 /login codex',
])('%j calls the assistant first and is the command', (text) => {
  expect(read(text)).toBe('login_codex');
});

test.each([
  '@Assistants /login codex',
  '@Assistant/login codex',
  '@Ana /login codex',
  '@300 /login codex',
  'Assistant login codex',
  '/login codex @Assistant',
  '/login',
  '/login claude',
  '/logincodex',
  '//login codex',
  'login codex --device',
  'login\ncodex',
  'sign in with ChatGPT?',
  '"login codex"',
  'please login codex',
  '',
  '@Assistant',
])('%j is no command', (text) => {
  expect(read(text)).toBeUndefined();
});

test('what stands in a longer sentence is never a command', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'please',
      'do',
      'not',
      'I',
      'can',
      'you',
      'now',
      'and',
      'to',
      'again',
      '?',
      '-',
    ),
    fc.stringMatching(/^[\p{L}\p{N}'"?(-]+$/u).filter((one) => one.toLowerCase() !== 'deckhand'),
  );
  const around = fc.tuple(fc.array(word), fc.array(word)).filter((both) => both.flat().length > 0);
  fc.assert(
    fc.property(around, fc.constantFrom(...spellings), ([before, after], spelling) => {
      expect(read([...before, spelling.trim(), ...after].join(' '))).toBeUndefined();
    }),
  );
});

test('nothing that anybody writes is a command but the few spellings', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect(read(text)).toBeUndefined();
    }),
  );
});

test('only the main group has commands, and a caption of a file is none', () => {
  expect(read('/login codex', { ...main, isMain: false })).toBeUndefined();
  const media = { kind: 'image', source: '{}' } as const;
  expect(read('/login codex', main, { media })).toBeUndefined();
});

test('a name with spaces, and one that another begins with, are matched whole', () => {
  const group = { ...main, trigger: 'Assistant Two' };
  expect(read('@assistant two login codex', group)).toBe('login_codex');
  expect(read('@assistant login codex', group)).toBe('login_codex');
});
