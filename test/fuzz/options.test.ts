import { expect, test } from 'vitest';
import { readOptions } from './options.ts';
import { TARGET_NAMES } from './target-names.ts';
import { createTargets } from './targets/table.ts';

test('a million inputs of all targets are tried from a drawn seed unless told otherwise', () => {
  const options = { inputs: 1_000_000, seed: 17, targets: TARGET_NAMES, first: 0, json: false };
  expect(readOptions([], 17)).toMatchObject({ ok: true, options });
});

test('a time alone leaves the number of inputs open', () => {
  const options = { inputs: Infinity, seconds: 60 };
  expect(readOptions(['--seconds', '60'], 17)).toMatchObject({ ok: true, options });
});

test('targets, one input, threads and fault can be told', () => {
  const argv = '--target prompt --input PA --workers 2 --mutate open-markup --json'.split(' ');
  const options = {
    targets: ['prompt'],
    input: Buffer.from('<'),
    workers: 2,
    mutate: 'open-markup',
  };
  expect(readOptions(argv, 17)).toMatchObject({ ok: true, options });
});

test.for([
  ['--inputs 0', '--inputs takes a whole number'],
  ['--seconds 1.5', '--seconds takes a whole number'],
  ['--seed 4294967296', '--seed takes a whole number'],
  ['--target prompt,nothing', '--target takes one or more of'],
  ['--input PA', '--input belongs to one --target'],
  ['--target prompt --input ???', '--input takes bytes in base64url'],
  ['--mutate nothing', '--mutate takes one of'],
  ['--fast', "Unknown option '--fast'"],
])('"%s" is refused in one sentence', ([argv = '', problem]) => {
  const outcome = readOptions(argv.split(' '), 17);
  expect(outcome).toMatchObject({ ok: false, problem: expect.stringContaining(problem ?? '') });
});

test('the names of the targets are those of the table', () => {
  expect(createTargets().map(({ name }) => name)).toEqual(TARGET_NAMES);
});
