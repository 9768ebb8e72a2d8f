import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('a hundred thousand histories are played from a drawn seed unless told otherwise', () => {
  const options = { count: 100_000, seed: 17, isJson: false };
  expect(readOptions([], 17)).toMatchObject({ ok: true, options });
});

test('count, seed, processes and fault can be told', () => {
  const argv = '--count 5 --seed 7 --workers 2 --mutate no-limit --json'.split(' ');
  const options = { count: 5, seed: 7, workers: 2, mutate: 'no-limit', isJson: true };
  expect(readOptions(argv, 17)).toEqual({ ok: true, options });
});

test.for([
  ['--count 0', '--count takes a whole number'],
  ['--count 1e3', '--count takes a whole number'],
  ['--seed 4294967296', '--seed takes a whole number'],
  ['--workers 0', '--workers takes a whole number'],
  ['--mutate nothing', '--mutate takes one of'],
  ['--fast', "Unknown option '--fast'"],
  ['more', 'Unexpected argument'],
])('"%s" is refused in one sentence', ([argv = '', problem]) => {
  const outcome = readOptions(argv.split(' '), 17);
  expect(outcome).toMatchObject({ ok: false, problem: expect.stringContaining(problem ?? '') });
});
