import { expect, test } from 'vitest';
import { addMentions } from './mentions.ts';

const ana = { jid: '101@s.whatsapp.net', name: 'Ana' };
const anaMaria = { jid: '102@s.whatsapp.net', name: 'Ana Maria' };
const people = [ana, anaMaria, { jid: '103@lid', name: 'Zoë (work)' }];

test('a name behind an @ becomes the number of the person, the longest name first', () => {
  expect(addMentions('@Ana Maria and @ana: ask @Zoë (work).', people)).toEqual({
    text: '@102 and @101: ask @103.',
    mentions: ['103@lid', '102@s.whatsapp.net', '101@s.whatsapp.net'],
  });
});

test('parts of words, addresses and names that two people go by stay as they are', () => {
  const twins = [...people, { jid: '104@lid', name: 'ana' }];
  expect(addMentions('mail me@Ana', people)).toEqual({ text: 'mail me@Ana', mentions: [] });
  expect(addMentions('@Anastasia', people).mentions).toEqual([]);
  expect(addMentions('@Ana', twins)).toEqual({ text: '@Ana', mentions: [] });
});

test('who is to be mentioned but is not named is put in front', () => {
  expect(addMentions('look, @101', people, ['101@s.whatsapp.net', '105@lid'])).toEqual({
    text: '@105 look, @101',
    mentions: ['101@s.whatsapp.net', '105@lid'],
  });
});
