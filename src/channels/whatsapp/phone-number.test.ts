import { describe, expect, test } from 'vitest';
import { parsePhoneNumber } from './phone-number.ts';

describe('parsePhoneNumber', () => {
  test.each([
    ['+49 (151) 234-567', '49151234567'],
    ['0049 151 234567', '49151234567'],
    ['15551234567', '15551234567'],
    [' +1.555.123.4567 ', '15551234567'],
  ])('%j gives %s', (input, digits) => {
    expect(parsePhoneNumber(input)).toEqual({ ok: true, digits });
  });

  test.each(['', '+', '0151 234567', '+0151234567', '123', '1'.repeat(16), '49151abc', '49+151'])(
    '%j is refused with a reason',
    (input) => {
      expect(parsePhoneNumber(input)).toMatchObject({
        ok: false,
        reason: expect.stringMatching(/number/),
      });
    },
  );
});
