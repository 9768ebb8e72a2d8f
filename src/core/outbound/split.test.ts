import { describe, expect, test } from 'vitest';
import { cutText } from './cut.ts';
import { splitText } from './split.ts';

const FAMILY = '👨‍👩‍👧‍👦';

describe('cutText', () => {
  test('a piece tells whether it touches an open code block', () => {
    const text = `${'a\n'.repeat(10)}\`\`\`\n${'b\n'.repeat(60)}\`\`\`\n${'c\n'.repeat(10)}`;
    const pieces = cutText(text, 60);
    expect(pieces.map((piece) => [piece.startsInCode, piece.endsInCode])).toEqual([
      [false, true],
      [true, true],
      [true, false],
      [false, false],
    ]);
  });
});

describe('splitText', () => {
  test('a short text is one message without a number', () => {
    expect(splitText(' hello \n')).toEqual(['hello']);
  });

  test('nothing is no message', () => {
    expect(splitText(' \n ')).toEqual([]);
  });

  test('cuts between paragraphs before lines, sentences and words', () => {
    const text = `${'a'.repeat(30)}\n\n${'b'.repeat(5)}\n${'c'.repeat(5)}. ${'d '.repeat(20)}`;
    expect(splitText(text, 50)[0]).toBe(`${'a'.repeat(30)}\n(1/3)`);
  });

  test('cuts behind a sentence rather than a word', () => {
    const [first] = splitText(`${'word '.repeat(6)}end. ${'word '.repeat(20)}`, 50);
    expect(first).toBe(`${'word '.repeat(6)}end.\n(1/4)`);
  });

  test('an emoji family stays together', () => {
    const parts = splitText(FAMILY.repeat(40), 50);
    for (const part of parts)
      expect(part.replace(/\n\(\d+\/\d+\)$/, '').replaceAll(FAMILY, '')).toBe('');
  });

  test('a cut code block is closed and opened again', () => {
    const code = Array.from({ length: 12 }, (_, index) => `line ${index}`).join('\n');
    const parts = splitText(`\`\`\`\n${code}\n\`\`\``, 60);
    expect(parts.length).toBeGreaterThan(1);
    const lines = parts.flatMap((part) => {
      const [, inner] = /^```\n([^`]+)\n```\n\(\d+\/\d+\)$/.exec(part) ?? [];
      return inner?.split('\n') ?? ['unbalanced'];
    });
    expect(lines.join('\n')).toBe(code);
  });

  test('numbers grow to the digits they need', () => {
    const parts = splitText('word '.repeat(5_000), 50);
    expect(parts.length).toBeGreaterThan(100);
    expect(parts[0]).toMatch(new RegExp(`\\n\\(1/${parts.length}\\)$`));
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(50);
  });

  test.each([
    ['combining marks', `e${'\u0301'.repeat(100_000)}`],
    ['flags', '🇩🇪'.repeat(25_000)],
    ['joined emoji', '👨\u200d'.repeat(30_000)],
    ['fences', '``` '.repeat(25_000)],
    ['backticks', '`'.repeat(100_000)],
    ['white space', `a${' '.repeat(100_000)}b`],
    ['blank lines', `a${'\n'.repeat(100_000)}b`],
    ['half surrogates', '\ud83d'.repeat(100_000)],
  ])('a hundred thousand %s are split', (_title, text) => {
    for (const part of splitText(text)) expect(part.length).toBeLessThanOrEqual(4_000);
  });

  test('a limit too small to number is refused', () => {
    expect(() => splitText('x', 10)).toThrow(RangeError);
  });
});
