import { link, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeMediaFile } from './media-folder.ts';

let home = '';
let group = '';
let folder = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'deckhand-media-'));
  group = join(home, 'group');
  folder = join(group, 'media');
});
afterEach(() => rm(home, { recursive: true }));

const BYTES = Buffer.from('new');

test('a file appears under its name, readable to the agent', async () => {
  expect(await writeMediaFile(group, 'a.txt', BYTES)).toEqual({ ok: true, path: 'media/a.txt' });
  expect(await readFile(join(folder, 'a.txt'))).toEqual(BYTES);
  expect((await stat(join(folder, 'a.txt'))).mode & 0o777).toBe(0o644);
});

test('what an agent plants under the names is replaced and never written through', async () => {
  const secret = join(home, 'secret');
  await writeFile(secret, 'old');
  await mkdir(folder, { recursive: true });
  await symlink(secret, join(folder, '.a.txt.part'));
  await link(secret, join(folder, 'a.txt'));
  await writeMediaFile(group, 'a.txt', BYTES);
  expect(await readFile(secret, 'utf8')).toBe('old');
  expect(await readFile(join(folder, 'a.txt'))).toEqual(BYTES);
});

test('a link in the place of the folder is not followed', async () => {
  await mkdir(group);
  await symlink(home, folder);
  await expect(writeMediaFile(group, 'a.txt', BYTES)).rejects.toThrow(/ENOTDIR|ELOOP/);
});

test('a folder that is full takes no more', async () => {
  expect(await writeMediaFile(group, 'a.txt', BYTES, 5)).toMatchObject({ ok: true });
  expect(await writeMediaFile(group, 'b.txt', BYTES, 5)).toMatchObject({ ok: false });
});
