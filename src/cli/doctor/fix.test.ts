import { expect, test } from 'vitest';
import { type Finding, type Fix, ok, warning } from './finding.ts';
import { applyFixes, mergeLooks } from './fix.ts';

const signal = new AbortController().signal;
const orphan = (fix?: Fix): Finding => warning('orphans.lock', 'a lock', 'Remove it.', fix);

async function fixOne(finding: Finding, answer = true) {
  const asked: string[] = [];
  const failures: string[] = [];
  const deps = {
    async mayRemove(what: string) {
      asked.push(what);
      return answer;
    },
    onFailure: (_finding: Finding, reason: string) => void failures.push(reason),
  };
  const [examined] = await applyFixes(deps, [{ check: 'orphans', findings: [finding] }], signal);
  return { fixed: examined?.findings[0]?.fixed, asked, failures };
}

test('what can be mended without a loss is mended without a question', async () => {
  const apply = () => Promise.resolve('did it');
  expect(await fixOne(orphan({ apply }), false)).toEqual({
    fixed: 'did it',
    asked: [],
    failures: [],
  });
});

test('what removes something is done after a yes alone', async () => {
  const applied: string[] = [];
  const apply = async () => String(applied.push('once'));
  const fix = { removes: 'remove a lock', apply };
  expect(await fixOne(orphan(fix), false)).toMatchObject({ asked: ['remove a lock'] });
  expect(applied).toEqual([]);
  expect(await fixOne(orphan(fix))).toMatchObject({ fixed: '1' });
});

test('a mend that fails is told and does not count', async () => {
  const apply = () => Promise.reject(new Error('no room'));
  expect(await fixOne(orphan({ apply }))).toEqual({
    fixed: undefined,
    asked: [],
    failures: ['no room'],
  });
});

test('what cannot be mended is left to a person', async () => {
  expect(await fixOne(orphan())).toEqual({ fixed: undefined, asked: [], failures: [] });
});

test('after mending, each check shows what was mended before what is found now', () => {
  const mended = { ...orphan(), fixed: 'did it' };
  const first = [
    { check: 'node', findings: [ok('node', 'a')] },
    { check: 'orphans', findings: [mended, orphan()] },
  ];
  const second = [
    { check: 'node', findings: [ok('node', 'b')] },
    { check: 'orphans', findings: [ok('orphans', 'none')] },
  ];
  expect(mergeLooks(first, second)).toEqual([ok('node', 'b'), mended, ok('orphans', 'none')]);
});
