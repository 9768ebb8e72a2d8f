import fc from 'fast-check';
import { anyText } from './any-text.ts';

/** Parts of paths that lead up, out, nowhere, or to something that only looks the same. */
const ODD_PARTS = [
  '',
  '.',
  '..',
  '...',
  '..a',
  '. .',
  '..\\',
  'a\0b',
  '\0',
  '\uff0e\uff0e',
  '\u2025',
  '%2e%2e',
  '\u00e9',
  'e\u0301',
  'E\u0301',
  '~',
  '/',
  '//',
  '\ud83d',
  'x'.repeat(300),
] as const;

/** Any string, and what the given names become when others are put before, between and behind them. */
export function pathsOf(names: readonly string[]): fc.Arbitrary<string> {
  const part = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...names) },
    { weight: 2, arbitrary: fc.constantFrom(...ODD_PARTS) },
    { weight: 1, arbitrary: anyText },
  );
  const joined = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'));
  return fc.oneof({ weight: 5, arbitrary: joined }, { weight: 1, arbitrary: anyText });
}
