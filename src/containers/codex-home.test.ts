import { lstat, mkdir, mkdtempDisposable, readdir, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareCodexFiles } from './codex-home.ts';

test('host and command prepare one home at the same time', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'deckhand-'));
  for (let round = 0; round < 20; round += 1) {
    const home = join(folder.path, String(round));
    await Promise.all(Array.from({ length: 4 }, () => prepareCodexFiles(home)));
    expect((await readdir(home)).sort()).toEqual(['.env', 'config.toml']);
  }
});

test.each(['folder', 'link'])(
  'a %s in place of .env is replaced by an empty file',
  async (kind) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'deckhand-'));
    const environment = join(folder.path, '.env');
    if (kind === 'folder') await mkdir(join(environment, 'deep'), { recursive: true });
    else await symlink('/etc/passwd', environment);
    await prepareCodexFiles(folder.path);
    expect((await lstat(environment)).isFile()).toBe(true);
    expect(await readFile(environment, 'utf8')).toBe('');
  },
);
