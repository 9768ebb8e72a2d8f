import { expect, test } from 'vitest';
import { isSame, sessionOf } from './token.ts';

test('what the browser keeps does not give the token away, and ends with it', () => {
  expect(sessionOf('one')).not.toContain('one');
  expect(sessionOf('one')).not.toBe(sessionOf('two'));
  expect(isSame('abc', 'abc')).toBe(true);
  expect(isSame('abc', 'abcd')).toBe(false);
});
