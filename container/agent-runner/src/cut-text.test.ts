import fc from 'fast-check';
import { expect, test } from 'vitest';
import { capAnswer, cutText } from './cut-text.ts';

test('a cut never splits a character as a reader sees it', () => {
  const family = '👩‍👧';
  expect(cutText(`ab${family}`, 2 + family.length - 1)).toBe('ab');
  expect(cutText(`ab${family}`, 2 + family.length)).toBe(`ab${family}`);
});

test('a cut text is a well-formed prefix within its limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.nat(300), (text, maxChars) => {
      const cut = cutText(text, maxChars);
      expect(cut.length).toBeLessThanOrEqual(maxChars);
      expect(text.startsWith(cut)).toBe(true);
    }),
  );
});

test('a character without end is cut all the same', () => {
  expect(cutText(`a${'\u0301'.repeat(1000)}`, 500).length).toBe(500);
});

test('an answer keeps its limit with the note and says that it was cut', () => {
  expect(capAnswer('short', 10)).toEqual({ text: 'short', isCut: false });
  const { text, isCut } = capAnswer('word '.repeat(100), 100);
  expect(isCut).toBe(true);
  expect(text.length).toBeLessThanOrEqual(100);
  expect(text).toMatch(/\[cut: the answer was 500 characters long\]$/);
  expect(capAnswer('word '.repeat(100), 5)).toEqual({ text: 'word ', isCut: true });
});
