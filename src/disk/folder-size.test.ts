import { link, mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measureFolders } from './folder-size.ts';

const KIB = 1024;
const never = () => false;

async function makeFolder() {
  const root = await mkdtemp(join(tmpdir(), 'deckhand-size-'));
  const folder = join(root, 'group');
  await mkdir(folder);
  return {
    root,
    folder,
    size: () => measureFolders([folder], never),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

test('T16: files count at every depth, in every folder that is asked for', async () => {
  await using made = await makeFolder();
  const deep = join(made.folder, 'a', 'b');
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, 'x'), Buffer.alloc(100 * KIB));
  expect(await made.size()).toBe((100 + 4 + 4) * KIB);
  expect(await measureFolders([deep, join(made.root, 'absent'), made.folder], never)).toBe(
    (100 + 100 + 4 + 4) * KIB,
  );
});

test('T16: an empty file counts for what it costs, a sparse one for what it takes', async () => {
  await using made = await makeFolder();
  for (let i = 0; i < 100; i++) await writeFile(join(made.folder, `empty-${i}`), '');
  await using sparse = await open(join(made.folder, 'sparse'), 'w');
  await sparse.truncate(1024 * 1024 * 1024);
  expect(await made.size()).toBe(101 * 4 * KIB);
});

test('T16: a link is not followed and the blocks of a file with several names count once', async () => {
  await using made = await makeFolder();
  await writeFile(join(made.root, 'outside'), Buffer.alloc(1024 * KIB));
  await symlink(made.root, join(made.folder, 'up'));
  await writeFile(join(made.folder, 'x'), Buffer.alloc(100 * KIB));
  await link(join(made.folder, 'x'), join(made.folder, 'y'));
  expect(await made.size()).toBe((4 + 100 + 4) * KIB);
  expect(await measureFolders([join(made.folder, 'up')], never)).toBe(0);
});

test('T16: a million names of one file cannot make a walk long, because each name counts', async () => {
  await using made = await makeFolder();
  const file = join(made.folder, 'x');
  await writeFile(file, '');
  for (let i = 0; i < 200; i++) await link(file, `${file}-${i}`);
  let looks = 0;
  await measureFolders([made.folder], (bytes) => (looks += 1) > 0 && bytes > 40 * KIB);
  expect(looks).toBeLessThan(15);
});

test('T16: a walk ends as soon as it is enough', async () => {
  await using made = await makeFolder();
  for (let i = 0; i < 100; i++) await writeFile(join(made.folder, `${i}`), '');
  const asked: number[] = [];
  const isEnough = (bytes: number) => asked.push(bytes) > 0 && bytes > 40 * KIB;
  expect(await measureFolders([made.folder], isEnough)).toBe(44 * KIB);
  expect(asked.length).toBeLessThan(15);
});

test('T16: folders deeper than anybody needs count as endless, whatever they hide', async () => {
  await using made = await makeFolder();
  await mkdir(join(made.folder, ...Array<string>(100).fill('d')), { recursive: true });
  expect(await made.size()).toBe(100 * 4 * KIB);
  await mkdir(join(made.folder, ...Array<string>(101).fill('d')), { recursive: true });
  expect(await made.size()).toBe(Number.MAX_SAFE_INTEGER);
});
