import { randomBytes } from 'node:crypto';
import { opendir, rename, rmdir, unlink } from 'node:fs/promises';
import { isErrno } from '../errno.ts';
import { OpenedFolder } from './opened-folder.ts';

/** Whoever still stands in the folder could fill it without end; the rest stays then. */
const MAX_ENTRIES = 1_000_000;

/** Removed or exchanged meanwhile, or closed to us: it stays for who removes the whole. */
const PASSED_OVER = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENOTEMPTY', 'EEXIST', 'EACCES', 'EPERM'];

/**
 * Removes what an agent has made, and may go on exchanging while it is removed: `rm` would follow a link that takes the
 * place of a folder, and begin with everything at once. Here each folder is opened without following, and folders in
 * it are moved up first, so that no depth keeps descriptors open. What cannot be removed stays; nothing is no error.
 */
export async function removeTree(path: string): Promise<void> {
  if (await isGoneAsFile(path)) return;
  await passOver(async () => {
    await using top = await OpenedFolder.open(path);
    for (let left = MAX_ENTRIES; left > 0; ) {
      const taken = await emptyOnce(top);
      if (taken === 0) break;
      left -= taken;
    }
  });
  await passOver(() => rmdir(path));
}

/** How many entries went or moved; none where nothing is left, or nothing that could. */
async function emptyOnce(top: OpenedFolder): Promise<number> {
  let taken = 0;
  for await (const { name } of await opendir(await top.ownPath())) {
    if (await isGoneAsFile(await top.pathOf(name))) taken += 1;
    else {
      taken += await flatten(top, name);
      taken += await passOver(async () => rmdir(await top.pathOf(name)));
    }
    if (taken > MAX_ENTRIES) break;
  }
  return taken;
}

/** Removes the files of a folder in `top`, and moves its folders up beside it. */
async function flatten(top: OpenedFolder, name: string): Promise<number> {
  let taken = 0;
  await passOver(async () => {
    await using folder = await top.openFolder(name);
    for await (const child of await opendir(await folder.ownPath())) {
      const path = await folder.pathOf(child.name);
      if (await isGoneAsFile(path)) taken += 1;
      else {
        const moved = await top.pathOf(randomBytes(12).toString('hex'));
        taken += await passOver(() => rename(path, moved));
      }
      if (taken > MAX_ENTRIES) break;
    }
  });
  return taken;
}

/** False for a folder. A link is removed itself. */
async function isGoneAsFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true;
    if (isErrno(error, 'EISDIR', 'EPERM', 'EACCES')) return false;
    throw error;
  }
}

/** 1 where the step was done, 0 where it was passed over. */
async function passOver(step: () => Promise<void>): Promise<0 | 1> {
  try {
    await step();
    return 1;
  } catch (error) {
    if (isErrno(error, ...PASSED_OVER)) return 0;
    throw error;
  }
}
