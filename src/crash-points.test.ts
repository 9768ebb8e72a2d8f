import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CRASH_POINTS, onCrashPoint, passCrashPoint } from './crash-points.ts';

function pointsPassedIn(folder: string): string[] {
  const files = globSync('**/*.ts', { cwd: folder }).filter((file) => !file.endsWith('.test.ts'));
  return files.flatMap((file) => {
    const source = readFileSync(join(folder, file), 'utf8');
    return [...source.matchAll(/passCrashPoint\('([^']+)'\)/g)].flatMap(([, point]) => point ?? []);
  });
}

test('the sources pass every point in the list, and no other', () => {
  const passed = new Set(pointsPassedIn(import.meta.dirname));
  expect([...passed].toSorted()).toEqual(Object.keys(CRASH_POINTS).toSorted());
});

test('a host is killed at every point in a test of its own', () => {
  const folder = join(import.meta.dirname, '..', 'test', 'crash-points');
  const tests = globSync('*.test.ts', { cwd: folder });
  const sources = tests.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const unkilled = Object.keys(CRASH_POINTS).filter((point) => !sources.includes(`'${point}'`));
  expect(unkilled).toEqual([]);
});

test('a listener hears each point at once, and none after it has ended', () => {
  const heard: string[] = [];
  const end = onCrashPoint((point) => heard.push(point));
  passCrashPoint('message-stored');
  expect(heard).toEqual(['message-stored']);
  end();
  passCrashPoint('run-due');
  expect(heard).toEqual(['message-stored']);
});
