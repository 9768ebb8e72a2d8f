import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPerson, spellingsOf } from './person.ts';

const ANA = '4915112345678@s.whatsapp.net';

test.for([
  ['+49 151 12345678'],
  ['+49 (0)151 123 456-78'],
  ['+49(0) 151/12345678'],
  ['0049 151.12345678'],
  ['49151 12345678'],
  ['\u202a+49\u00a0151\u00a012345678\u202c'],
  ['4915112345678@s.whatsapp.net'],
  ['4915112345678@c.us'],
  ['4915112345678:12@S.WhatsApp.net'],
  ['4915112345678_1:2@hosted'],
] as const)('%j names the person with that number', ([text]) => {
  expect(readPerson(text)).toBe(ANA);
});

test('a LID is read without its device', () => {
  expect(readPerson('123456789012345:3@lid')).toBe('123456789012345@lid');
});

test.for([
  ['0151 12345678'],
  ['(0)151 12345678'],
  ['Ana'],
  [''],
  ['+49'],
  ['+4915112345678x'],
  ['1@g.us'],
  ['12345@newsletter'],
  ['4915112345678 4915112345679'],
  ['4915112345678@s.whatsapp.net@lid'],
] as const)('%j names nobody', ([text]) => {
  expect(readPerson(text)).toBeUndefined();
});

test('what was read is read as the same person again', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const person = readPerson(text);
      if (person !== undefined) expect(readPerson(person)).toBe(person);
    }),
  );
});

test.for([
  ['5511987654321', '551187654321'],
  ['5215512345678', '525512345678'],
] as const)('a mobile number is known with and without its additional digit', ([long, short]) => {
  const [withIt, without] = [`${long}@s.whatsapp.net`, `${short}@s.whatsapp.net`];
  expect(spellingsOf(withIt).toSorted()).toEqual([withIt, without].toSorted());
  expect(spellingsOf(without).toSorted()).toEqual([withIt, without].toSorted());
});

test('any other number, a landline of Brazil and a LID have one spelling', () => {
  for (const jid of [ANA, '551132345678@s.whatsapp.net', '551187654321@lid']) {
    expect(spellingsOf(jid)).toEqual([jid]);
  }
});
