import { expect, test } from 'vitest';
import type { RowResult } from './attack-row.ts';
import { readOptions } from './options.ts';
import { addUp, renderText } from './render.ts';

const IDS = ['T4', 'T6'];

test('all attacks are made unless some are named', () => {
  expect(readOptions([], IDS)).toEqual({ ok: true, options: { isJson: false } });
  const options = { isJson: true, only: ['T6'] };
  expect(readOptions(['--only', 'T6', '--json'], IDS)).toEqual({ ok: true, options });
});

test.for([
  ['--only T4,T99', '--only takes ids such as T4,T6, not "T99"'],
  ['--fast', "Unknown option '--fast'"],
])('"%s" is refused in one sentence', ([argv = '', problem]) => {
  const outcome = readOptions(argv.split(' '), IDS);
  expect(outcome).toMatchObject({ ok: false, problem: expect.stringContaining(problem ?? '') });
});

test('the total counts what was tried and stopped, and the worst ratio', () => {
  const row: RowResult = {
    id: 'T4',
    attack: 'bombs',
    tried: 3,
    stopped: 3,
    evidence: '3 refused',
    quietP99Ms: 10,
    attackP99Ms: 12,
    ratio: 1.2,
    isWithstood: true,
  };
  const rows = [row, { ...row, id: 'T6', stopped: 2, ratio: 1.5, isWithstood: false }];
  expect(addUp(rows)).toEqual({ tried: 6, stopped: 5, withstood: 1, worstRatio: 1.5 });
  expect(renderText(rows)).toContain('2 of 3 stopped, NOT WITHSTOOD');
});
