import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAskFolder } from './ask-folders.ts';

/** No system gives one so high. */
const ENDED_PID = 2 ** 31 - 1;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deckhand-ask-'));
});
afterEach(() => rm(root, { recursive: true }));

test('a command removes what killed ones left, and leaves what belongs to one that runs', async () => {
  for (const name of [String(ENDED_PID), String(process.ppid), 'no-process'])
    await mkdir(join(root, name, 'family'), { recursive: true });
  await using _own = await openAskFolder(root, process.pid);
  expect(await readdir(root)).toEqual([String(process.ppid)]);
});

test('the folder of a command goes with it', async () => {
  {
    await using own = await openAskFolder(join(root, 'asks'), process.pid);
    await mkdir(join(own.path, 'family'), { recursive: true });
  }
  expect(await readdir(join(root, 'asks'))).toEqual([]);
});
