import { expect, test } from 'vitest';
import type { RowResult } from './attack-row.ts';
import { readOptions } from './options.ts';
import { addUp, renderRow, renderTotal } from './render.ts';

const PLAIN = { runtime: 'docker', isQuick: false, isJson: false };

test('all attacks are made in containers unless some are named', () => {
  expect(readOptions([])).toEqual({ ok: true, options: PLAIN });
  const argv = '--only T6 --json --runtime process --mutate any-chat --quick'.split(' ');
  const options = { isJson: true, only: ['T6'], runtime: 'process', isQuick: true };
  expect(readOptions(argv)).toEqual({ ok: true, options: { ...options, mutation: 'any-chat' } });
});

test.for([
  ['--only T4,T99', '--only takes ids such as T4,T6, not "T99"'],
  ['--runtime cloud', '--runtime takes docker or process'],
  ['--mutate luck', 'no mutation "luck"'],
  ['--fast', "Unknown option '--fast'"],
  ['T4', "Unexpected argument 'T4'"],
  ['--only', "Option '--only <value>' argument missing"],
])('"%s" is refused in one sentence', ([argv = '', problem]) => {
  const outcome = readOptions(argv.split(' '));
  expect(outcome).toMatchObject({ ok: false, problem: expect.stringContaining(problem ?? '') });
});

test('the total counts what was tried and stopped, and the worst ratio', () => {
  const row: RowResult = {
    id: 'T4',
    attack: 'bombs',
    tried: 3,
    stopped: 3,
    evidence: '3 refused',
    quietQuestions: 400,
    attackQuestions: 200,
    quietP95Ms: 8,
    attackP95Ms: 9,
    quietP99Ms: 10,
    attackP99Ms: 12,
    ratio: 1.2,
    isRatioJudged: true,
    isWithstood: true,
  };
  const rows = [row, { ...row, id: 'T6', stopped: 2, ratio: 1.5, isWithstood: false }];
  expect(addUp(rows)).toEqual({ tried: 6, stopped: 5, withstood: 1, worstRatio: 1.5 });
  expect(rows.map(renderRow).join('')).toContain('2 of 3 stopped, NOT WITHSTOOD');
  expect(renderRow(row)).toContain('200 during the attack (× 1.2)');
  expect(renderRow({ ...row, isRatioJudged: false })).toContain('(× 1.2, not judged)');
  expect(renderTotal(rows)).toBe('1 of 2 rows withstood, 5 of 6 attacks stopped\n');
});
