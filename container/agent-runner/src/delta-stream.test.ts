import { MAX_DELTA_CHARS } from '@deckhand/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeltaStream } from './delta-stream.ts';

const KEY = 'sk-test-0123456789abcdef';

function streamed(pieces: readonly string[]): string[] {
  const stream = new DeltaStream({ OPENAI_API_KEY: KEY });
  return [...pieces.flatMap((piece) => stream.push(piece)), ...stream.flush()];
}

test('a secret is hidden wherever its text is cut', () => {
  const text = `a ${KEY} b ${KEY}`;
  for (let cut = 0; cut <= text.length; cut++)
    expect(streamed([text.slice(0, cut), text.slice(cut)]).join('')).toBe('a [secret] b [secret]');
  expect(streamed(text.split('')).join('')).toBe('a [secret] b [secret]');
});

test('what only begins like a secret is told in the end', () => {
  expect(streamed(['it is sk-te', 'a'])).toEqual(['it is ', 'sk-tea']);
  expect(streamed(['it is sk-te'])).toEqual(['it is ', 'sk-te']);
});

test('the pieces together are the text, and none is empty, too long or ends inside a character', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 })), (pieces) => {
      const got = streamed(pieces);
      expect(got.join('')).toBe(pieces.join(''));
      for (const piece of got) expect(piece).not.toBe('');
    }),
  );
  const long = streamed([`x${'\u{1F600}'.repeat(MAX_DELTA_CHARS)}`]);
  for (const piece of long) {
    expect(piece.length).toBeLessThanOrEqual(MAX_DELTA_CHARS);
    expect(piece.isWellFormed()).toBe(true);
  }
});
