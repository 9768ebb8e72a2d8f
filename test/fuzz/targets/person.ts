import { readPerson, spellingsOf } from '../../../src/core/person.ts';
import { splitFields } from '../fields.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';

const CANONICAL = /^[0-9]{1,20}@(?:s\.whatsapp\.net|lid)$/;

/** How people write whom they mean; what comes out of it decides who may ask. */
export const personTarget: FuzzTarget = {
  name: 'person',
  corpus: [
    '+49 (0)151 123-45678',
    '00491511234567',
    '4915112345678@s.whatsapp.net',
    '4915112345678:12@s.whatsapp.net',
    '551199998888@c.us',
    '7700_1:3@hosted.lid',
    '+52 1 55 1234 5678',
  ],
  tokens: [
    '+',
    '00',
    '(0)',
    '55',
    '52',
    '@',
    's.whatsapp.net',
    '@lid',
    '@hosted',
    '@c.us',
    ':1',
    '_1',
    '-',
    '\u2011',
    '\u200e',
  ],
  maxBytes: 4_096,
  check(input) {
    const [text = ''] = splitFields(input, 1);
    const person = readPerson(text);
    if (person === undefined) return;
    demand(CANONICAL.test(person), 'a person who is no JID of one');
    demand(readPerson(person) === person, 'a JID that is read as another');
    const spellings = spellingsOf(person);
    demand(spellings.includes(person) && spellings.length <= 2, 'one or two spellings');
    const isMutual = (one: string) => spellingsOf(one).includes(person);
    demand(
      spellings.every((one) => CANONICAL.test(one) && isMutual(one)),
      'a spelling that leads elsewhere',
    );
  },
};
