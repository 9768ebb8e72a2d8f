import { constants } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { OpenedFolder } from '../ipc/opened-folder.ts';

/** Where files from the chat lie in a group's folder. */
const MEDIA_FOLDER = 'media';

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a file into the media folder of a group, whose agent may have put anything in its place: nothing is
 * reached through a link. The file belongs to the owner of the group's folder, and appears whole. Gives the
 * path below the group's folder. Rejects when the folder cannot be used.
 */
export async function writeMediaFile(
  groupFolder: string,
  name: string,
  bytes: Uint8Array,
): Promise<string> {
  await mkdir(groupFolder, { recursive: true, mode: 0o755 });
  await using group = await OpenedFolder.open(groupFolder);
  await using folder = await group.makeFolder(MEDIA_FOLDER);
  const { uid, gid } = await stat(await group.ownPath());
  const part = await folder.pathOf(`.${name}.part`);
  // What a crash left, or the agent planted.
  await rm(part, { force: true, recursive: true });
  await using file = await open(part, NEW_FILE, 0o644);
  await file.writeFile(bytes);
  await file.chmod(0o644);
  if (process.getuid?.() === 0) await file.chown(uid, gid);
  await file.datasync();
  await rename(part, await folder.pathOf(name));
  return `${MEDIA_FOLDER}/${name}`;
}
