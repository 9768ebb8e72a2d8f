import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Paragraphs } from './paragraphs.ts';

function write(play: (paragraphs: Paragraphs) => void): string {
  let written = '';
  play(new Paragraphs((text) => (written += text)));
  return written;
}

test('texts that come in any pieces, whole or in part, are handed on once each', () => {
  const text = fc.record({
    pieces: fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
    streamed: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      const written = write((paragraphs) => {
        for (const { pieces, streamed } of texts) {
          paragraphs.begin();
          for (const piece of pieces.slice(0, streamed % (pieces.length + 1))) {
            paragraphs.push(piece);
          }
          paragraphs.complete(pieces.join(''));
        }
      });
      expect(written).toBe(texts.map(({ pieces }) => pieces.join('')).join('\n\n'));
    }),
  );
});

test('a text that ends otherwise than it began is a paragraph of its own', () => {
  const written = write((paragraphs) => {
    paragraphs.begin();
    paragraphs.push('Hel');
    paragraphs.complete('Good morning');
  });
  expect(written).toBe('Hel\n\nGood morning');
});

test('a text that is begun again after a cut connection is a paragraph of its own', () => {
  const written = write((paragraphs) => {
    paragraphs.begin();
    paragraphs.push('Hel');
    paragraphs.begin();
    paragraphs.push('Hello');
    paragraphs.complete('Hello');
  });
  expect(written).toBe('Hel\n\nHello');
});

test('empty texts leave no trace', () => {
  const written = write((paragraphs) => {
    paragraphs.complete('');
    paragraphs.begin();
    paragraphs.complete('one');
    paragraphs.complete('');
    paragraphs.complete('two');
  });
  expect(written).toBe('one\n\ntwo');
});
