import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasTooManyValues } from './json-values.ts';

const bytes = (text: string) => Buffer.from(text);

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, inner) => sum + countValues(inner), 0);
}

test('JSON with more values than the limit is found, whatever its texts hold', () => {
  const options = { maxDepth: 5 };
  fc.assert(
    fc.property(fc.jsonValue(options), fc.boolean(), (value, isIndented) => {
      const text = JSON.stringify(value, undefined, isIndented ? 2 : 0);
      // An object's value has a colon and a comma before it, at most.
      expect(hasTooManyValues(bytes(text), 3 * countValues(value))).toBe(false);
      // Each value but the outermost has one of its own before it.
      const many = countValues(value);
      expect(hasTooManyValues(bytes(text), many - 2)).toBe(
        many > 1 || (typeof value === 'object' && value !== null),
      );
    }),
  );
});

test('texts count as one value, however long and whatever is in them', () => {
  const text = JSON.stringify({ model: 'm', input: '[[[{"\\",,,::'.repeat(100_000) });
  expect(hasTooManyValues(bytes(text), 5)).toBe(false);
});

test('T4: what costs the host far more than its bytes is found', () => {
  expect(hasTooManyValues(bytes(`[${'[],'.repeat(250_001)}1]`))).toBe(true);
  expect(hasTooManyValues(bytes('['.repeat(1_000_000)))).toBe(true);
  expect(hasTooManyValues(bytes(`{${'"a":1,'.repeat(250_001)}"b":1}`))).toBe(true);
});
