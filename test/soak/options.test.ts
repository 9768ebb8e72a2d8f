import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('a soak takes half an hour and draws nothing unless told', () => {
  expect(readOptions([])).toEqual({
    ok: true,
    options: { minutes: 30, out: undefined, isJson: false, planted: undefined, isHelp: false },
  });
});

test.for([
  ['--minutes', 'long'],
  ['--minutes', '0.1'],
  ['--plant', 'sockets'],
  ['--rate', '3'],
])('"%s %s" is refused', (argv) => {
  expect(readOptions(argv)).toMatchObject({
    ok: false,
    problem: expect.stringContaining(argv[0] ?? ''),
  });
});
