import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayAsk, mayCommand, type Sender } from './access.ts';
import { type RegisteredGroup, registeredGroupSchema } from './group.ts';

const PHONE = '4915112345678@s.whatsapp.net';
const LID = '987654321@lid';

function group(part: object): RegisteredGroup {
  return registeredGroupSchema.parse({ jid: '1@g.us', name: 'Family', folder: 'family', ...part });
}

function sender(senderJid: string, senderAltJid?: string): Sender {
  const alt = senderAltJid === undefined ? {} : { senderAltJid };
  return { senderJid, ...alt, isFromMe: false };
}

const onlyAna = group({ senders: { allow: ['+49 151 12345678'] } });
const onlyAnaByLid = group({ senders: { allow: [LID] } });

test('without a list everybody may ask, and with an empty one nobody', () => {
  expect(mayAsk(group({}), sender('5@lid'))).toBe(true);
  expect(mayAsk(group({ senders: { allow: [] } }), sender('5@lid'))).toBe(false);
});

test('a person is found by the number or the LID of the list, under either identity', () => {
  for (const who of [sender(PHONE), sender(PHONE, LID), sender(LID, PHONE)]) {
    expect(mayAsk(onlyAna, who)).toBe(true);
  }
  for (const who of [sender(LID), sender(PHONE, LID), sender(LID, PHONE)]) {
    expect(mayAsk(onlyAnaByLid, who)).toBe(true);
  }
});

test('an identity that the list does not name, and that nothing ties to it, may not ask', () => {
  expect(mayAsk(onlyAna, sender(LID))).toBe(false);
  expect(mayAsk(onlyAnaByLid, sender(PHONE))).toBe(false);
  expect(mayAsk(onlyAna, sender('4915112345678@lid'))).toBe(false);
});

test('a mobile number of Brazil is known by the spelling that WhatsApp gave it', () => {
  const list = group({ senders: { allow: ['+55 11 98765-4321'] } });
  expect(mayAsk(list, sender('551187654321@s.whatsapp.net'))).toBe(true);
});

test('admins and the account itself may ask whatever the list says', () => {
  const withAdmin = group({ senders: { allow: [] }, admins: [PHONE] });
  expect(mayAsk(withAdmin, sender(LID, PHONE))).toBe(true);
  expect(mayAsk(withAdmin, { senderJid: '7@lid', isFromMe: true })).toBe(true);
});

test('where admins are named only they command, and elsewhere who may ask does', () => {
  const withAdmin = group({ senders: { allow: [LID] }, admins: [PHONE] });
  expect(mayCommand(withAdmin, sender(LID))).toBe(false);
  expect(mayCommand(withAdmin, sender(LID, PHONE))).toBe(true);
  expect(mayCommand(withAdmin, { senderJid: '7@lid', isFromMe: true })).toBe(true);
  expect(mayCommand(onlyAnaByLid, sender(LID))).toBe(true);
  expect(mayCommand(onlyAnaByLid, sender('7@lid'))).toBe(false);
});

test('no identity but those of the list may ask, whatever form the list has', () => {
  const number = fc.stringMatching(/^[1-9][0-9]{7,13}$/);
  const forms = [
    (digits: string) => `+${digits}`,
    (digits: string) => `00${digits.slice(0, 2)} ${digits.slice(2)}`,
    (digits: string) => `+${digits.slice(0, 2)} (0)${digits.slice(2, 5)}-${digits.slice(5)}`,
    (digits: string) => `${digits}:7@s.whatsapp.net`,
    (digits: string) => `${digits}@lid`,
  ];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, fc.constantFrom(...forms)), { maxLength: 5 }),
      fc.tuple(number, number),
      ([...listed], [one, other]) => {
        const allow = listed.map(([digits, form]) => form(digits));
        const list = group({ senders: { allow } });
        const phone = `${one}@s.whatsapp.net`;
        const lid = `${other}@lid`;
        const isListed = listed.some(([digits, form]) =>
          form(digits).endsWith('@lid') ? digits === other : digits === one,
        );
        // The other spelling of a number is its own person's.
        fc.pre(!/^5[25]/.test(one) && !listed.some(([digits]) => /^5[25]/.test(digits)));
        expect(mayAsk(list, sender(phone, lid))).toBe(isListed);
        expect(mayAsk(list, sender(lid, phone))).toBe(isListed);
        for (const [digits, form] of listed) {
          const jid = form(digits).endsWith('@lid') ? `${digits}@lid` : `${digits}@s.whatsapp.net`;
          expect(mayAsk(list, sender(jid))).toBe(true);
        }
      },
    ),
  );
});
