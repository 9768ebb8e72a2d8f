import type { Jid } from './message.ts';

const JID =
  /^\+?([0-9]{1,20})(?:_[0-9]+)?(?::[0-9]+)?@(s\.whatsapp\.net|c\.us|hosted|lid|hosted\.lid)$/;
const SERVERS: Readonly<Record<string, string>> = {
  'c.us': 's.whatsapp.net',
  hosted: 's.whatsapp.net',
  'hosted.lid': 'lid',
};

/** What people put between the digits of a number, and the marks for directions of writing that come with a copied one. */
const SEPARATORS = /[\s().\-/\u2010-\u2015\p{Cf}]/gu;
/** Country code and number: seven digits are the shortest that exist, E.164 allows fifteen. */
const NUMBER = /^(?:\+|00)?([1-9][0-9]{6,14})$/;

/**
 * The JID of a person, without a device and in lower case, from what somebody writes: a phone number with its country
 * code in any form (`+49 (0)151 123-45678`, `0049151…`, `49151…`), a phone JID or a LID. Undefined for anything else.
 */
export function readPerson(text: string): Jid | undefined {
  const plain = text.trim().toLowerCase();
  const jid = JID.exec(plain);
  if (jid !== null) return `${jid[1]}@${SERVERS[jid[2] ?? ''] ?? jid[2]}`;
  const digits = plain.replace(/(?<=[0-9]\s*)\(0\)/u, '').replaceAll(SEPARATORS, '');
  const number = NUMBER.exec(digits);
  return number === null ? undefined : `${number[1]}@s.whatsapp.net`;
}

/**
 * All JIDs that stand for a person in WhatsApp. Mobile numbers of Brazil are there with and without the 9 behind the
 * area code, those of Mexico with and without the 1 behind the country code, whatever people write.
 */
export function spellingsOf(person: Jid): readonly Jid[] {
  const [user = '', server] = person.split('@');
  if (server !== 's.whatsapp.net') return [person];
  const other = otherSpelling(user);
  return other === undefined ? [person] : [person, `${other}@${server}`];
}

function otherSpelling(number: string): string | undefined {
  const brazil = /^55([0-9]{2})(9?)([6-9][0-9]{7})$/.exec(number);
  if (brazil !== null) return `55${brazil[1]}${brazil[2] === '' ? '9' : ''}${brazil[3]}`;
  const mexico = /^52(1?)([0-9]{10})$/.exec(number);
  return mexico === null ? undefined : `52${mexico[1] === '' ? '1' : ''}${mexico[2]}`;
}
