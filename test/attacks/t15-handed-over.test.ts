import { lstat, mkdir, mkdtempDisposable, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFolderOwner } from '../../src/containers/folder-owner.ts';
import { intrude, untilDone } from './mailbox/intruder.ts';

const user = { uid: 1000, gid: 1000, mustOwnFolders: true };
const isRoot = process.getuid?.() === 0;

test.runIf(isRoot)(
  'T15: a folder exchanged with a link 10,000 times while it is handed over gives away nothing that lies elsewhere',
  async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'deckhand-owner-'));
    const [team, target] = [join(root.path, 'team'), join(root.path, 'host')];
    const box = join(team, 'box');
    for (const folder of [box, target]) await mkdir(folder, { recursive: true });
    for (const name of Array(20).keys()) await writeFile(join(target, `${name}`), '');
    const attack = intrude({ exchange: 'folder', box, target, swaps: 10_000 });
    await untilDone(attack, () => createFolderOwner(user)(team));
    expect((await lstat(box)).uid).toBe(user.uid);
    for (const name of await readdir(target)) expect((await lstat(join(target, name))).uid).toBe(0);
  },
);
