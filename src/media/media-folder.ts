import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';
import { OpenedFolder } from '../ipc/opened-folder.ts';
import { removeTree } from '../ipc/remove-tree.ts';

/** Where files from the chat lie in a group's folder. */
const MEDIA_FOLDER = 'media';

/** What a group's members can make this machine keep, in bytes: 2 GiB. */
const MAX_FOLDER_BYTES = 2 * 1024 ** 3;

export type WriteMediaOutcome = { ok: true; path: string } | { ok: false; reason: string };

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a file into the media folder of a group, whose agent may have put anything in its place: nothing is
 * reached through a link. The file belongs to the owner of the group's folder, and appears whole. Gives the
 * path below the group's folder, or says that the folder is full. Rejects when the folder cannot be used.
 */
export async function writeMediaFile(
  groupFolder: string,
  name: string,
  bytes: Uint8Array,
  maxFolderBytes = MAX_FOLDER_BYTES,
): Promise<WriteMediaOutcome> {
  await mkdir(groupFolder, { recursive: true, mode: 0o755 });
  await using group = await OpenedFolder.open(groupFolder);
  await using folder = await group.makeFolder(MEDIA_FOLDER);
  if ((await sizeOf(await folder.ownPath())) + bytes.length > maxFolderBytes)
    return { ok: false, reason: 'the media folder of the group is full' };
  const { uid, gid } = await stat(await group.ownPath());
  const part = await folder.pathOf(`.${name}.part`);
  // What a crash left, or the agent planted.
  await removeTree(part);
  try {
    await writeFor({ uid, gid }, part, bytes);
    await rename(part, await folder.pathOf(name));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return { ok: true, path: `${MEDIA_FOLDER}/${name}` };
}

async function writeFor(
  { uid, gid }: Pick<Stats, 'uid' | 'gid'>,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  await using file = await open(path, NEW_FILE, 0o644);
  await file.writeFile(bytes);
  await file.chmod(0o644);
  if (process.getuid?.() === 0) await file.chown(uid, gid);
  await file.datasync();
}

/** Bytes of the files that lie directly in a folder. */
async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const name of await readdir(folder)) {
    try {
      size += (await lstat(join(folder, name))).size;
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
  return size;
}
