import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOwnedFile, UnsafeFileError } from './safe-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-safe-'));
  writeFileSync(join(folder, 'plain'), 'content');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a plain file is read, a missing one is undefined', async () => {
  expect(await readOwnedFile(join(folder, 'plain'), 100)).toBe('content');
  expect(await readOwnedFile(join(folder, 'missing'), 100)).toBeUndefined();
});

test.each([
  ['a symbolic link', (path: string) => symlinkSync(join(folder, 'plain'), path)],
  ['a hard link', (path: string) => linkSync(join(folder, 'plain'), path)],
  ['a FIFO', (path: string) => execFileSync('mkfifo', [path])],
  ['a file over the limit', (path: string) => writeFileSync(path, 'x'.repeat(101))],
])('%s is refused without waiting', async (_, make) => {
  const path = join(folder, 'bad');
  make(path);
  await expect(readOwnedFile(path, 100)).rejects.toThrow(UnsafeFileError);
});

test('a socket is refused', async () => {
  const path = join(folder, 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  await expect(readOwnedFile(path, 100)).rejects.toThrow(UnsafeFileError);
  server.close();
  await once(server, 'close');
});

test.runIf(process.platform === 'linux')(
  'what a file says of its size does not count',
  async () => {
    // Of size 0 to stat, like a file that is written to after it was looked at.
    await expect(readOwnedFile('/proc/self/maps', 100)).rejects.toThrow('is larger than 100 bytes');
  },
);
