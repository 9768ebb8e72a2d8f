import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot, readDoc } from './markdown.ts';
import { findMissing, quotedTests } from './quoted-tests.ts';

const doc = readDoc('docs/security.md');

/** Number of the attack, its control, and what shows it. */
const rows = [...doc.matchAll(/^\| (\d+) [^|]*\|[^|]*\| (.*) \| ([^|]*) \|$/gm)].map(
  ([, number = '', control = '', shownBy = '']) => ({ number, control, shownBy }),
);

test('the attacks are T1 to T22', () => {
  expect(rows.map(({ number }) => Number(number))).toEqual(
    Array.from({ length: 22 }, (_, index) => index + 1),
  );
});

test.each(rows)('the control of T$number is in files that exist', ({ control }) => {
  const files = [...control.matchAll(/`((?:src|container)\/[\w./-]+)`/g)].map(
    ([, file = '']) => file,
  );
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(join(projectRoot, file)))).toEqual([]);
});

test.each(rows)(
  'T$number is shown by a test that attacks under its name',
  ({ number, shownBy }) => {
    const tests = quotedTests(shownBy);
    const titles = tests.flatMap((quoted) => quoted.titles);
    expect(titles.some((title) => title.split(/[ ,:]+/).includes(`T${number}`))).toBe(true);
    expect(findMissing(tests)).toEqual([]);
  },
);
