import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireInstanceLock, InstanceLockedError, isHostRunning } from './instance-lock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a second host is refused until the first lets go', () => {
  const path = join(folder, 'lock');
  const first = acquireInstanceLock(path);
  expect(() => acquireInstanceLock(path)).toThrow(InstanceLockedError);
  expect(isHostRunning(path)).toBe(true);
  first[Symbol.dispose]();
  expect(isHostRunning(path)).toBe(false);
});

test('a host that was killed leaves no lock behind', () => {
  const path = join(folder, 'lock');
  const module = new URL('./instance-lock.ts', import.meta.url).href;
  const script = `import { acquireInstanceLock } from ${JSON.stringify(module)};
    acquireInstanceLock(${JSON.stringify(path)}); process.kill(process.pid, 'SIGKILL');`;
  expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', script])).toThrow(
    /SIGKILL|failed/,
  );
  expect(isHostRunning(path)).toBe(false);
});

test('without a data folder no host can be running', () => {
  expect(isHostRunning(join(folder, 'missing', 'lock'))).toBe(false);
});
