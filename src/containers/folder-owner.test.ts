import { mkdtempDisposable, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFolderOwner } from './folder-owner.ts';

const user = { uid: process.getuid!(), gid: process.getgid!(), mustOwnFolders: true };

test('files that go while their folder is handed over are no reason to fail', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'deckhand-'));
  const files = Array.from({ length: 300 }, (_, index) => join(folder.path, `${index}.tmp`));
  await Promise.all(files.map((file) => writeFile(file, '')));
  const ownFolder = createFolderOwner(user);
  const handedOver = ownFolder(folder.path);
  await Promise.all(files.map((file) => rm(file)));
  await expect(handedOver).resolves.toBeUndefined();
});

test('a folder that does not exist is an error', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'deckhand-'));
  const missing = join(folder.path, 'missing');
  await expect(createFolderOwner(user)(missing)).rejects.toThrow('ENOENT');
});
