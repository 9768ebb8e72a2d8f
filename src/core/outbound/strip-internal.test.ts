import { describe, expect, test } from 'vitest';
import { stripInternal } from './strip-internal.ts';

describe('stripInternal', () => {
  test.each([
    ['plain text stays', 'hello', 'hello'],
    ['a block goes', '<internal>thinking</internal>hello', 'hello'],
    [
      'a block over lines goes without leaving a hole',
      'a\n\n<internal>x\ny</internal>\n\nb',
      'a\n\nb',
    ],
    ['blocks inside a sentence go', 'one <internal>x</internal>two', 'one two'],
    ['letter case does not matter', '<INTERNAL>x</Internal>ok', 'ok'],
    ['nested blocks go as one', '<internal>a<internal>b</internal>c</internal>d', 'd'],
    ['an unclosed block goes to the end', 'said\n<internal>half a tho', 'said'],
    ['a stray closing tag goes', 'a</internal>b', 'ab'],
    ['nothing but thoughts is nothing', '<internal>x</internal>', ''],
  ])('%s', (_title, text, expected) => {
    expect(stripInternal(text)).toBe(expected);
  });

  test('a hundred thousand opening tags are handled', () => {
    expect(stripInternal('<internal>'.repeat(100_000))).toBe('');
  });
});
