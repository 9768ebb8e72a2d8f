import { expect, test } from 'vitest';
import { makeInput } from './make-input.ts';
import { createTargets } from './targets/table.ts';

const COUNT = 300;
const NUMBERS = Array.from({ length: COUNT }, (_, index) => index);

test.each(createTargets())(
  'the inputs of $name are those of the seed, differ, and are no longer than told',
  (target) => {
    const inputs = NUMBERS.map((index) => makeInput(target, 7, index));
    expect(inputs.every(({ length }) => length <= target.maxBytes)).toBe(true);
    const texts = inputs.map((input) => input.toString('hex'));
    expect(
      NUMBERS.toReversed().map((index) => makeInput(target, 7, index).toString('hex')),
    ).toEqual(texts.toReversed());
    expect(NUMBERS.map((index) => makeInput(target, 8, index).toString('hex'))).not.toEqual(texts);
    expect(new Set(texts).size).toBeGreaterThan(COUNT * 0.9);
  },
);

test.each(createTargets())('the real inputs of $name break nothing', (target) => {
  for (const real of target.corpus) target.check(Buffer.from(real));
});
