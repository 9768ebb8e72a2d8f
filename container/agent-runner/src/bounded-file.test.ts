import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBoundedFile } from './bounded-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deckhand-file-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

test('a file is read up to the limit without half a character', async () => {
  await writeFile(join(folder, 'a'), 'aé');
  expect(await readBoundedFile(join(folder, 'a'), 3)).toBe('aé');
  expect(await readBoundedFile(join(folder, 'a'), 2)).toBe('a');
});

test('what is no regular file is not there', async () => {
  await writeFile(join(folder, 'secret'), 'secret');
  await symlink(join(folder, 'secret'), join(folder, 'link'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  for (const name of ['missing', 'link', 'pipe', '.', 'secret/below'])
    expect(await readBoundedFile(join(folder, name), 10)).toBeUndefined();
});
