import { expect, test } from 'vitest';
import { checkQuestion, decodeQuestion, MAX_QUESTION_BYTES } from './question.ts';

test('a question is taken as it is', () => {
  expect(checkQuestion(' hi\n')).toEqual({ ok: true, text: ' hi\n' });
  expect(decodeQuestion(Buffer.from('grüße 🐚'))).toEqual({ ok: true, text: 'grüße 🐚' });
});

test.each([
  ['no text', '', 'empty'],
  ['blanks', ' \n\t', 'empty'],
  ['more than the model takes', 'x'.repeat(900_001), '900,000'],
  ['what is too long when it is encoded', '<'.repeat(300_000), '900,000'],
])('%s is refused', (_title, text, reason) => {
  expect(checkQuestion(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
});

test('bytes that are not UTF-8 are refused', () => {
  const latin1 = Buffer.from('grüße', 'latin1');
  expect(decodeQuestion(latin1)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('UTF-8'),
  });
});

test('the longest question fits the bytes that are read', () => {
  const longest = '\u4e00'.repeat(900_000);
  expect(checkQuestion(longest)).toMatchObject({ ok: true });
  expect(Buffer.byteLength(longest)).toBeLessThanOrEqual(MAX_QUESTION_BYTES);
});
