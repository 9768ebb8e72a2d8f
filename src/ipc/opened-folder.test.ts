import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenedFolder } from './opened-folder.ts';

let root: string;
let path: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deckhand-folder-'));
  path = join(root, 'box');
  await mkdir(path);
  await writeFile(join(path, 'a'), 'inside');
  await mkdir(join(root, 'outside'));
  await writeFile(join(root, 'outside', 'a'), 'outside');
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function exchange(): Promise<void> {
  await rename(path, join(root, 'moved'));
  await symlink(join(root, 'outside'), path);
}

describe('OpenedFolder', () => {
  it('keeps reaching the folder that was opened after its path was exchanged', async ({ skip }) => {
    skip(process.platform !== 'linux', 'needs /proc');
    await using folder = await OpenedFolder.open(path);
    await exchange();
    expect(await readFile(await folder.pathOf('a'), 'utf8')).toBe('inside');
  });

  it('refuses a path that was exchanged where there is no /proc', async () => {
    await using folder = await OpenedFolder.open(path, false);
    expect(await readFile(await folder.pathOf('a'), 'utf8')).toBe('inside');
    await exchange();
    await expect(folder.pathOf('a')).rejects.toThrow('was exchanged');
    await expect(folder.ownPath()).rejects.toThrow('was exchanged');
  });

  it('does not open what is not a folder', async () => {
    await exchange();
    await expect(OpenedFolder.open(path)).rejects.toThrow(/ENOTDIR|ELOOP/);
    await expect(OpenedFolder.open(join(root, 'outside', 'a'))).rejects.toThrow('ENOTDIR');
    await expect(OpenedFolder.open(join(root, 'nothing'))).rejects.toThrow('ENOENT');
  });
});
