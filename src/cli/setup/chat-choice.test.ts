import { expect, test } from 'vitest';
import { type AccountChat, findChats, readChatChoice } from './chat-choice.ts';

const chat = (jid: string, name: string, isSelf = false): AccountChat => ({ jid, name, isSelf });
const SELF = chat('4915112345678@s.whatsapp.net', '', true);
const CHESS = chat('1@g.us', 'Chess Club');
const FAMILY = chat('2@g.us', 'Family');
const FAMILIES = chat('3@g.us', 'Family and friends');
const TWIN = chat('4@g.us', 'chess club');
const ALL = [SELF, CHESS, FAMILY, FAMILIES];

test.each([
  ['1', SELF],
  ['3', FAMILY],
  ['self', SELF],
  ['FAMILY', FAMILY],
  ['2@G.US', FAMILY],
])('%j at the list means one chat', (text, wanted) => {
  expect(readChatChoice(text, ALL, ALL)).toEqual({ kind: 'chosen', chat: wanted });
});

test('a part of names makes the list shorter, also when only one is left', () => {
  expect(readChatChoice('fam', ALL, ALL)).toEqual({ kind: 'narrowed', chats: [FAMILY, FAMILIES] });
  expect(readChatChoice('club', ALL, ALL)).toEqual({ kind: 'narrowed', chats: [CHESS] });
});

test('a name finds a chat that the list does not show, and a number only what it shows', () => {
  expect(readChatChoice('Family', [CHESS], ALL)).toEqual({ kind: 'chosen', chat: FAMILY });
  expect(readChatChoice('2', [CHESS], ALL).kind).toBe('nonsense');
});

test('a group whose name is a number is found by it when the list has no such number', () => {
  const year = chat('5@g.us', '2026');
  expect(readChatChoice('2026', ALL, [...ALL, year])).toEqual({ kind: 'chosen', chat: year });
});

test('two chats with one name are shown both', () => {
  expect(readChatChoice('chess club', ALL, [...ALL, TWIN])).toEqual({
    kind: 'narrowed',
    chats: [CHESS, TWIN],
  });
});

test.each([
  ['0', 'no such number'],
  ['5', 'no such number'],
  ['-1', 'no such number'],
  ['99999999999999', 'no such number'],
  ['', 'from 1 to 4'],
  ['zzz', 'No chat is called like that'],
  ['9@g.us', 'No chat is called like that'],
  ['1; rm -rf', 'No chat is called like that'],
])('%j is answered with what to type', (text, sentence) => {
  const choice = readChatChoice(text, ALL, ALL);
  expect(choice).toEqual({ kind: 'nonsense', sentence: expect.stringContaining(sentence) });
});

test('an option names a chat whole: no part of a name counts', () => {
  expect(findChats('fam', ALL)).toEqual([]);
  expect(findChats('family', ALL)).toEqual([FAMILY]);
  expect(findChats('', ALL)).toEqual([]);
});
