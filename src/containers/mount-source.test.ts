import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openMountSource } from './mount-source.ts';

const run = promisify(execFile);

async function makeFolder() {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'deckhand-source-')));
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

test.each([true, false])(
  'a path is followed to what it really is, on Linux %s',
  async (isLinux) => {
    await using made = await makeFolder();
    await mkdir(join(made.root, 'a', 'b'), { recursive: true });
    await symlink('a', join(made.root, 'link'));
    await using source = await openMountSource(join(made.root, 'link', 'b'), isLinux);
    expect(source.realPath).toBe(join(made.root, 'a', 'b'));
    expect(source.found.isDirectory()).toBe(true);
    await expect(openMountSource(join(made.root, 'absent'), isLinux)).rejects.toThrow('ENOENT');
  },
);

test.runIf(process.platform === 'linux')(
  'what was opened is looked through also when something else is in its place',
  async () => {
    await using made = await makeFolder();
    await mkdir(join(made.root, 'a', 'inside'), { recursive: true });
    await using source = await openMountSource(join(made.root, 'a'));
    await rename(join(made.root, 'a'), join(made.root, 'kept'));
    await mkdir(join(made.root, 'a'));
    expect(await readdir(source.ownPath)).toEqual(['inside']);
  },
);

test('a pipe to which nobody writes is not waited for', async () => {
  await using made = await makeFolder();
  await run('mkfifo', [join(made.root, 'pipe')]);
  await using source = await openMountSource(join(made.root, 'pipe'));
  expect(source.found.isFIFO()).toBe(true);
});
