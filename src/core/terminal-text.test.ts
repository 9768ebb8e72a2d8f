import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth, fitToWidth, terminalJson, terminalText } from './terminal-text.ts';

test.for([
  ['colour and cursor sequences', 'a\u001b[2Jb\u009b31m', 'a\\u{1b}[2Jb\\u{9b}31m'],
  ['line breaks and tabs', 'a\r\nb\tc\u2028d', 'a\\u{d}\\u{a}b\\u{9}c\\u{2028}d'],
  ['text that runs backwards', 'a\u202egpj.exe\u2066', 'a\\u{202e}gpj.exe\\u{2066}'],
  ['invisible characters', 'ad\u200bmin\ufeff\u{e0041}', 'ad\\u{200b}min\\u{feff}\\u{e0041}'],
  ['half characters', 'a\ud83d', 'a\\u{d83d}'],
] as const)('%s are shown as escapes', ([, text, shown]) => {
  expect(terminalText(text)).toBe(shown);
});

test.for(['Grüße, 家族 & Ko.', '👩‍👩‍👧 family', 'می‌خواهم', '✈️ trip'])(
  '%s stays as it is',
  (text) => {
    expect(terminalText(text)).toBe(text);
  },
);

test('whatever the text, nothing in it is left that could steer a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(terminalText(text)).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test('JSON that is made safe means the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, text) => {
      const value = [{ name, text }];
      const safe = terminalJson(JSON.stringify(value, undefined, 2));
      expect(JSON.parse(safe)).toEqual(value);
      expect(safe.replaceAll('\n', '')).toBe(terminalText(safe.replaceAll('\n', '')));
    }),
  );
  expect(terminalJson('["\u009b2J\u{e0041}"]')).toBe(String.raw`["\u009b2J\udb40\udc41"]`);
});

test.for([
  ['abc', 3],
  ['家族', 4],
  ['e\u0301', 1],
  ['👩‍👩‍👧', 2],
  ['✈️', 2],
] as const)('%s takes %d columns', ([text, width]) => {
  expect(displayWidth(text)).toBe(width);
});

test.for([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 4, 'abc…'],
  ['家族旅行', 4, '家…'],
  ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
] as const)('%s fits into %d columns as %s', ([text, width, fitted]) => {
  expect(fitToWidth(text, width)).toBe(fitted);
});
