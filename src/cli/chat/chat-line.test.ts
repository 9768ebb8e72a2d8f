import { expect, test } from 'vitest';
import { readChatLine } from './chat-line.ts';

test.each([
  ['/quit', { kind: 'quit' }],
  [' /exit ', { kind: 'quit' }],
  ['/new', { kind: 'new' }],
  ['/help', { kind: 'help' }],
  ['/model', { kind: 'model', name: undefined }],
  ['/model openai/gpt-5.5', { kind: 'model', name: 'openai/gpt-5.5' }],
  ['/model a b', { kind: 'unknown', word: '/model' }],
  ['/quit now', { kind: 'unknown', word: '/quit' }],
  ['/nwe', { kind: 'unknown', word: '/nwe' }],
  ['  ', { kind: 'empty' }],
  ['hi /quit', { kind: 'question', text: 'hi /quit' }],
  ['/etc/hosts has what?', { kind: 'question', text: '/etc/hosts has what?' }],
  ['/quit\nis what I typed', { kind: 'question', text: '/quit\nis what I typed' }],
])('%j is read as %j', (line, expected) => {
  expect(readChatLine(line)).toEqual(expected);
});
