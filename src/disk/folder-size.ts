import type { Stats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { ENDLESS_BYTES } from '../core/disk-use.ts';
import { isErrno } from '../errno.ts';
import { OpenedFolder } from '../ipc/opened-folder.ts';

const BLOCK_BYTES = 512;
/** What each name costs at least: millions of empty files, or of names for one, use up a quota too. */
const ENTRY_BYTES = 4_096;
/** Folders in each other; each level keeps two descriptors open. Package managers make fewer than 40. */
const MAX_DEPTH = 100;

interface Walk {
  bytes: number;
  readonly isEnough: (bytes: number) => boolean;
  /** Files with several names that were counted. */
  readonly linked: Set<string>;
}

/**
 * What folders use on the disk in bytes: blocks, not lengths, so that a sparse file counts for what it takes, and at
 * least 4 KiB for each name. No link is followed, whatever an agent makes of the folders meanwhile. Ends where it is
 * as soon as `isEnough` of the bytes so far, which is asked for each entry; folders nested deeper than anybody needs
 * count as endlessly large. A folder that does not exist uses nothing.
 */
export async function measureFolders(
  folders: readonly string[],
  isEnough: (bytes: number) => boolean,
): Promise<number> {
  const walk: Walk = { bytes: 0, isEnough, linked: new Set() };
  for (const folder of folders) await visit(walk, () => OpenedFolder.open(folder), 0);
  return walk.bytes;
}

async function visit(walk: Walk, open: () => Promise<OpenedFolder>, depth: number): Promise<void> {
  if (depth > MAX_DEPTH) walk.bytes = ENDLESS_BYTES;
  if (walk.isEnough(walk.bytes) || walk.bytes >= ENDLESS_BYTES) return;
  try {
    await using folder = await open();
    for await (const { name } of await opendir(await folder.ownPath())) {
      if (walk.isEnough(walk.bytes)) return;
      await add(walk, folder, name, depth);
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

async function add(walk: Walk, folder: OpenedFolder, name: string, depth: number): Promise<void> {
  const found = await lookAt(await folder.pathOf(name));
  if (found === undefined) return;
  const bytes = isCounted(walk, found) ? 0 : found.blocks * BLOCK_BYTES;
  walk.bytes += Math.max(ENTRY_BYTES, bytes);
  if (found.isDirectory()) await visit(walk, () => folder.openFolder(name), depth + 1);
}

function isCounted({ linked }: Walk, found: Stats): boolean {
  if (found.isDirectory() || found.nlink === 1) return false;
  const identity = `${found.dev}:${found.ino}`;
  if (linked.has(identity)) return true;
  linked.add(identity);
  return false;
}

async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Removed, exchanged or closed to us while we looked. */
function isGone(error: unknown): boolean {
  return isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'ESTALE');
}
