import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutText } from './cut.ts';
import { splitText } from './split.ts';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const FAMILY = '👨‍👩‍👧‍👦';

function graphemeStarts(text: string): Set<number> {
  return new Set(Array.from(segmenter.segment(text), (segment) => segment.index));
}

const fragment = fc.constantFrom(
  'word',
  ' ',
  '\n',
  '\n\n',
  '. ',
  'é',
  'e\u0301',
  FAMILY,
  '🇩🇪',
  '한',
  'नि',
  '\r\n',
  '\t',
  ' \u0308',
);
const prose = fc.array(fragment, { maxLength: 300 }).map((parts) => parts.join(''));
const mixed = fc
  .array(fc.oneof(fragment, fc.constantFrom('```', '\n```\n', '`', '````')), { maxLength: 300 })
  .map((parts) => parts.join(''));
const limit = fc.integer({ min: 40, max: 200 });

describe('cutText', () => {
  test('the pieces joined are the text, and none is too long', () => {
    fc.assert(
      fc.property(mixed, limit, (text, limit) => {
        const pieces = cutText(text, limit);
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        for (const piece of pieces) expect(piece.text.length).toBeLessThanOrEqual(limit);
      }),
    );
  });

  test('no grapheme is cut', () => {
    fc.assert(
      fc.property(prose, limit, (text, limit) => {
        const starts = graphemeStarts(text);
        let at = 0;
        for (const piece of cutText(text, limit)) {
          expect(starts).toContain(at);
          at += piece.text.length;
        }
      }),
    );
  });

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

  test('every part has its fences in pairs, fits, and nothing but white space is lost', () => {
    fc.assert(
      fc.property(mixed, limit, (raw, limit) => {
        const isClosed = (raw.match(/`{3,}/g)?.length ?? 0) % 2 === 0;
        const text = isClosed ? raw : `${raw}\n\`\`\``;
        const parts = splitText(text, limit);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(limit);
          expect((part.match(/`{3,}/g)?.length ?? 0) % 2).toBe(0);
        }
        const strip = (value: string) => value.replace(/[\s`]/g, '');
        const bodies = parts.map((part) =>
          parts.length === 1 ? part : part.replace(/\n\(\d+\/\d+\)$/, ''),
        );
        expect(strip(bodies.join(''))).toBe(strip(text));
      }),
    );
  });

  test('prose comes back from its parts but for the white space around the cuts', () => {
    fc.assert(
      fc.property(prose, limit, (text, limit) => {
        const parts = splitText(text, limit);
        let rest = text;
        for (const part of parts) {
          const body = parts.length === 1 ? part : part.replace(/\n\(\d+\/\d+\)$/, '');
          const at = rest.indexOf(body);
          expect(rest.slice(0, at).trim()).toBe('');
          rest = rest.slice(at + body.length);
        }
        expect(rest.trim()).toBe('');
      }),
    );
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
