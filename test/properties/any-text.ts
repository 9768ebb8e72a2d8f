import fc from 'fast-check';

const codeUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes));

/** What turns text round, hides in it, or cannot be written as UTF-8. */
const hostile = fc
  .array(
    fc.constantFrom(
      '\0',
      '\u001b[2J',
      '\r',
      '\n',
      '\t',
      '\u0085',
      '\u2028',
      '\u202e',
      '\u2066',
      '\u2069',
      '\u200b',
      '\u200d',
      '\ufeff',
      '\ud83d',
      '\udc4d',
      '\u{e0041}',
      'e\u0301',
      'a',
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

/** Every string there is: whole code points, half surrogates, direction marks, control characters. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  codeUnits,
  hostile,
);

/** The same, with pieces put in between. */
export function textWith(...pieces: readonly string[]): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof(fc.constantFrom(...pieces), anyText), { maxLength: 12 })
    .map((parts) => parts.join(''));
}
