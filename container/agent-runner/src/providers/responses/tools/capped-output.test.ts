import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CappedOutput } from './capped-output.ts';

function cap(chunks: readonly (string | Uint8Array)[]): string {
  const output = new CappedOutput();
  for (const chunk of chunks) output.push(Buffer.from(chunk));
  return output.end();
}

test('a short output is kept as it is, wherever its characters are cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, at) => {
      const bytes = Buffer.from(text);
      const cut = bytes.length === 0 ? 0 : at % bytes.length;
      expect(cap([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(bytes.toString('utf8'));
    }),
  );
});

test('of a long output the beginning and the end are kept, and what is missing is said', () => {
  const shown = cap(['begin', 'x'.repeat(100_000), 'y'.repeat(100_000), 'end']);
  expect(shown).toMatch(/^beginx+\n\[… 176008 characters left out …\]\ny+end$/);
  expect(shown.length).toBeLessThan(24_100);
});
