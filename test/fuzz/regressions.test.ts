import { expect, test } from 'vitest';
import { readRegressions } from './regressions.ts';
import { createTargets } from './targets/table.ts';

const targets = createTargets();

test.each(readRegressions())('$target takes $input, which broke it once', ({ target, input }) => {
  const found = targets.find(({ name }) => name === target);
  expect(() => found?.check(Buffer.from(input, 'base64url'))).not.toThrow();
});
