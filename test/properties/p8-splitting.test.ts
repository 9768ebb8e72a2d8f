import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutText } from '../../src/core/outbound/cut.ts';
import { renderAnswer } from '../../src/core/outbound/render-answer.ts';
import { splitText } from '../../src/core/outbound/split.ts';

const RUNS = { numRuns: 1_500 };
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What is one sign to a reader and several units to a program. The last ones are larger than small limits. */
const CLUSTERS = [
  '👨‍👩‍👧‍👦',
  '🇩🇪',
  '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  '👍🏽',
  '1️⃣',
  'é',
  'e\u0301\u0323',
  '한',
  '\u1112\u1161\u11ab',
  'नि',
  'ന്ത്യ',
  '\r\n',
  ' \u0308',
  `a${'\u0301'.repeat(60)}`,
  `👨${'\u200d👩'.repeat(70)}`,
] as const;
const blanks = fc.constantFrom(' ', '\n', '\n\n', '\t', '. ', '! ', '\u00a0', '\u2028');
const letters = fc.oneof(fc.constantFrom('word', ...CLUSTERS), fc.string({ unit: 'grapheme' }));
const fences = fc.constantFrom('```', '\n```\n', '`', '````');
/** Of more backticks than fit, or with a mark on the last of them. */
const oddFences = fc.constantFrom('```\u0301', '`'.repeat(50), `${'`'.repeat(60)}\u0301`);

const prose = joined(fc.oneof(letters, blanks)).map((text) => text.replaceAll('`', ''));
const coded = joined(fc.oneof(letters, blanks, fences, fc.string({ unit: 'binary' })));
const mixed = joined(fc.oneof(letters, blanks, fences, oddFences, fc.string({ unit: 'binary' })));
const limit = fc.integer({ min: 40, max: 200 });

function joined(part: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(part, { maxLength: 150, size: 'max' }).map((parts) => parts.join(''));
}

function graphemesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The signs that are seen, in order: white space around cuts is all that may go. */
function visible(graphemes: readonly string[]): string[] {
  return graphemes.filter((grapheme) => grapheme.trim() !== '');
}

function withoutNumbers(parts: readonly string[]): string[] {
  if (parts.length === 1) return [...parts];
  return parts.map((part, index) => {
    const number = `\n(${index + 1}/${parts.length})`;
    expect(part.endsWith(number)).toBe(true);
    return part.slice(0, -number.length);
  });
}

test('P8: the pieces of any text joined are the text, none is empty or too long', () => {
  fc.assert(
    fc.property(mixed, limit, (text, limit) => {
      const pieces = cutText(text, limit).map((piece) => piece.text);
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces) {
        expect(piece.length).toBeGreaterThan(0);
        expect(piece.length).toBeLessThanOrEqual(limit);
      }
    }),
    RUNS,
  );
});

test('P8: a cut lies between graphemes; one that alone is larger than a piece is cut between code points', () => {
  fc.assert(
    fc.property(mixed, limit, (text, limit) => {
      const inside = new Map<number, string>();
      for (const { segment, index } of segmenter.segment(text)) {
        for (let unit = 1; unit < segment.length; unit += 1) inside.set(index + unit, segment);
      }
      let at = 0;
      for (const piece of cutText(text, limit).slice(0, -1)) {
        at += piece.text.length;
        const cut = inside.get(at);
        // Pieces that touch a code block are 8 units shorter.
        if (cut !== undefined) expect(cut.length).toBeGreaterThan(limit - 8);
        const pair = /[\ud800-\udbff][\udc00-\udfff]/;
        expect(pair.test(text.slice(at - 1, at + 1))).toBe(false);
      }
    }),
    RUNS,
  );
});

test('P8: the messages of a text hold every visible grapheme whole and in order, each within the limit', () => {
  fc.assert(
    fc.property(prose, limit, (text, limit) => {
      const small = graphemesOf(text)
        .filter((grapheme) => grapheme.length <= limit - 20)
        .join('');
      const parts = splitText(small, limit);
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(limit);
      const bodies = withoutNumbers(parts);
      expect(bodies.flatMap((body) => visible(graphemesOf(body)))).toEqual(
        visible(graphemesOf(small.trim())),
      );
    }),
    RUNS,
  );
});

test('P8: the messages of a text with code close every block they open and lose nothing but white space and fences', () => {
  fc.assert(
    fc.property(coded, limit, (raw, limit) => {
      const isClosed = (raw.match(/`{3,}/g)?.length ?? 0) % 2 === 0;
      const text = isClosed ? raw : `${raw}\n\`\`\``;
      const parts = splitText(text, limit);
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(limit);
        expect((part.match(/`{3,}/g)?.length ?? 0) % 2).toBe(0);
      }
      const strip = (value: string) => value.replace(/[\s`]/g, '');
      expect(strip(withoutNumbers(parts).join(''))).toBe(strip(text));
    }),
    RUNS,
  );
});

test('P8: an answer of any characters is rendered into messages of at most 4,000 units, none empty', () => {
  const answer = fc
    .tuple(mixed, fc.integer({ min: 1, max: 40 }))
    .map(([text, times]) => text.repeat(times));
  fc.assert(
    fc.property(answer, (text) => {
      for (const part of renderAnswer(text)) {
        expect(part.length).toBeLessThanOrEqual(4_000);
        expect(part.trim()).not.toBe('');
      }
    }),
    { numRuns: 300 },
  );
});
