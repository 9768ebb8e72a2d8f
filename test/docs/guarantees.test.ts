import { expect, test } from 'vitest';
import { CRASH_POINTS } from '../../src/crash-points.ts';
import { MUTATIONS } from '../simulation/mutations.ts';
import { readDoc, section } from './markdown.ts';
import { findMissing, quotedTests } from './quoted-tests.ts';

const doc = readDoc('docs/guarantees.md');

/** Cells of the rows of a section's tables, without heads and rules, each by its first one. */
function rowsOf(title: string): Map<string, string[]> {
  const lines = section(doc, title)
    .split('\n')
    .filter((line) => line.startsWith('| '));
  const rows = lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  return new Map(rows.map(([first = '', ...others]) => [first, others]));
}

test('the crash points have rows 1 to 25', () => {
  const numbers = [...rowsOf('Crash points').keys()].filter((first) => /^\d+$/.test(first));
  expect(numbers).toEqual(Array.from({ length: 25 }, (_, index) => String(index + 1)));
});

test('each row names the points that the code has for it, and no other', () => {
  const named = [...rowsOf('Crash points')].flatMap(([number, [, , points = '']]) =>
    [...points.matchAll(/`([\w-]+)`/g)].map(([, point]) => [point, Number(number)]),
  );
  expect(Object.fromEntries(named)).toEqual(CRASH_POINTS);
  expect(named).toHaveLength(Object.keys(CRASH_POINTS).length);
});

test('the properties are P1 to P10, each shown by a test of its name', () => {
  const names = Array.from({ length: 10 }, (_, index) => `P${index + 1}`);
  const rows = rowsOf('Properties');
  expect([...rows.keys()].filter((first) => first.startsWith('P'))).toEqual(names);
  const unshown = names.filter((name) => {
    const [, , shownBy = ''] = rows.get(name) ?? [];
    const titles = quotedTests(shownBy).flatMap((quoted) => quoted.titles);
    return !titles.some((title) => title.split(/[ ,:]+/).includes(name));
  });
  expect(unshown).toEqual([]);
});

test('each fault that the simulation must find is named', () => {
  const machines = section(doc, 'Shown by machines');
  expect(MUTATIONS.filter((name) => !machines.includes(`\`${name}\``))).toEqual([]);
});

test('every row is shown by a test with its title', () => {
  const parts = ['Crash points', 'Faults survived', 'Properties'];
  const bare = parts.flatMap((part) =>
    [...rowsOf(part)]
      .filter(([first]) => !['#', 'Fault', ''].includes(first) && !/^-+$/.test(first))
      .filter(([, cells]) => !quotedTests(cells.at(-1) ?? '').some(({ titles }) => titles.length))
      .map(([first]) => `${part}: ${first}`),
  );
  expect(bare).toEqual([]);
});

test('every test that is named exists under its title', () => {
  const tests = quotedTests(doc);
  expect(tests.length).toBeGreaterThan(100);
  expect(findMissing(tests)).toEqual([]);
});
