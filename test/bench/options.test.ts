import { expect, test } from 'vitest';
import { readOptions } from '../../bench/options.ts';

test('load takes a quarter of an hour, so it is measured only when it is named', () => {
  expect(readOptions(['--json'])).toMatchObject({
    ok: true,
    options: { parts: ['overhead', 'gateway', 'containers', 'signal', 'ipc'], isJson: true },
  });
  expect(readOptions(['load', '--minutes', '0.5', '--rate', '50'])).toMatchObject({
    ok: true,
    options: { parts: ['load'], load: { minutes: 0.5, rate: 50 } },
  });
});

test.for([
  ['loads', /there is no part "loads"/],
  ['--rate=fast', /above 0/],
  ['--minutes=0', /above 0/],
] as const)('"%s" is refused', ([argument, problem]) => {
  expect(readOptions([argument])).toEqual({ ok: false, problem: expect.stringMatching(problem) });
});
