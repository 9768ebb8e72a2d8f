import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isExclusivelyLocked, tryExclusiveLock } from './exclusive-lock.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-exclusive-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What another process says about the lock. */
function tryElsewhere(): string {
  const module = new URL('./exclusive-lock.ts', import.meta.url).href;
  const script = `import { tryExclusiveLock } from ${JSON.stringify(module)};
    process.stdout.write(tryExclusiveLock(${JSON.stringify(path)}, 0) ? 'taken' : 'refused');`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
}

test('one holder at a time, in this process and in others', () => {
  const lock = tryExclusiveLock(path, 0);
  expect(lock).toBeDefined();
  expect(tryExclusiveLock(path, 0)).toBeUndefined();
  expect(tryElsewhere()).toBe('refused');
  lock?.[Symbol.dispose]();
  expect(tryElsewhere()).toBe('taken');
});

test('a refused try and a look leave the lock with its holder', () => {
  using lock = tryExclusiveLock(path, 0);
  expect(lock).toBeDefined();
  expect(tryExclusiveLock(path, 0)).toBeUndefined();
  expect(isExclusivelyLocked(path)).toBe(true);
  expect(tryElsewhere()).toBe('refused');
});
