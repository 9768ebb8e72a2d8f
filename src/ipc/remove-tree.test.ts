import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeTree } from './remove-tree.ts';

let home: string;
let outside: string;
let planted: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'deckhand-remove-'));
  outside = join(home, 'outside');
  planted = join(home, 'planted');
  await mkdir(outside);
  await mkdir(planted);
  await writeFile(join(outside, 'canary'), 'alive');
});
afterEach(() => rm(home, { recursive: true }));

async function plantFiles(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index += 1) await writeFile(join(folder, `${index}`), '');
}

test('a folder goes with all that is in it, however deep', async () => {
  await plantFiles(join(planted, ...Array.from({ length: 300 }, () => 'd')), 3);
  await plantFiles(join(planted, 'e', 'f'), 3);
  await removeTree(planted);
  expect(await readdir(home)).toEqual(['outside']);
});

test('links go and what they lead to stays, a file goes too, and nothing is nothing to remove', async () => {
  await symlink(outside, join(planted, 'link'));
  await symlink(outside, join(home, 'link'));
  await writeFile(join(home, 'file'), '');
  for (const name of ['planted', 'link', 'file', 'nothing']) await removeTree(join(home, name));
  expect(await readdir(home)).toEqual(['outside']);
  expect(await readdir(outside)).toEqual(['canary']);
});

const FOLDERS = 200;

/** As a program of an agent that still stands in the folder: all folders become links, and folders again. */
const EXCHANGE = `
  const fs = require('node:fs');
  const attempt = (step) => { try { step(); } catch {} };
  process.stdout.write('begun');
  const each = (step) => { for (let index = 0; index < ${FOLDERS}; index += 1) attempt(() => step(index)); };
  for (;;) {
    each((index) => { fs.renameSync('d' + index, '../e' + index); fs.symlinkSync('../outside', 'd' + index); });
    each((index) => { fs.unlinkSync('d' + index); fs.renameSync('../e' + index, 'd' + index); });
  }`;

test('T2: what is exchanged for links while it is removed leads to nothing outside', async () => {
  for (let index = 0; index < FOLDERS; index += 1) await plantFiles(join(planted, `d${index}`), 10);
  const child = spawn(process.execPath, ['-e', EXCHANGE], { cwd: planted });
  await once(child.stdout, 'data');
  for (let index = 0; index < 20; index += 1) await removeTree(planted).catch(() => undefined);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(await readdir(outside)).toEqual(['canary']);
});
