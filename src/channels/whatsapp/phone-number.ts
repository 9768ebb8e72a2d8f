/** Longest number of the international plan (ITU-T E.164); the shortest in use with its country code is 7. */
const DIGITS = /^[1-9]\d{6,14}$/;

export type PhoneNumber = { ok: true; digits: string } | { ok: false; reason: string };

/**
 * The digits with country code, as WhatsApp's pairing wants them, from what people write: `+49 (151) 234-567`,
 * `0049 151 234567`. A national number is refused, because its country is unknown.
 */
export function parsePhoneNumber(input: string): PhoneNumber {
  const text = input.trim();
  if (!/^[+\d][\d\s().\-/]*$/.test(text)) {
    return { ok: false, reason: 'a phone number has only digits, spaces and a leading +' };
  }
  const digits = text.replace(/\D/g, '');
  if (text.startsWith('+') || !digits.startsWith('0')) return check(digits);
  if (digits.startsWith('00')) return check(digits.slice(2));
  return {
    ok: false,
    reason: 'write the number with its country code, for example +49 151 234567',
  };
}

function check(digits: string): PhoneNumber {
  return DIGITS.test(digits)
    ? { ok: true, digits }
    : { ok: false, reason: 'a phone number has 7 to 15 digits with its country code' };
}
