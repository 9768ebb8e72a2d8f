import { lchown, lstat, opendir } from 'node:fs/promises';
import { isErrno } from '../errno.ts';
import { OpenedFolder } from '../ipc/opened-folder.ts';
import type { AgentUser } from './agent-user.ts';

/** Folders in each other; each level keeps two descriptors open. What lies deeper an agent has made, who owns it. */
const MAX_DEPTH = 100;

/**
 * Hands folders to the agents' user: everything below at first use in this host's lifetime, afterwards the
 * folder and what lies directly in it, where the host writes. Links are changed themselves and never
 * followed, also where one takes the place of a folder meanwhile: a container that another command has started may use
 * the folder at the time. Another file system below is left alone.
 */
export function createFolderOwner(user: AgentUser): (folder: string) => Promise<void> {
  const done = new Set<string>();
  return async (folder) => {
    if (!user.mustOwnFolders) return;
    const { dev } = await lstat(folder);
    const given = { user, device: dev };
    const depth = done.has(folder) ? 1 : MAX_DEPTH;
    await own(given, folder, () => OpenedFolder.open(folder), depth);
    done.add(folder);
  };
}

interface Given {
  readonly user: AgentUser;
  /** Nothing on another one is changed. */
  readonly device: number;
}

async function own(
  given: Given,
  path: string,
  open: () => Promise<OpenedFolder>,
  depth: number,
): Promise<void> {
  const found = await lstat(path);
  if (found.dev !== given.device) return;
  const { uid, gid } = given.user;
  if (found.uid !== uid || found.gid !== gid) await lchown(path, uid, gid);
  if (found.isDirectory() && depth > 0) await ownEntries(given, open, depth - 1);
}

async function ownEntries(
  given: Given,
  open: () => Promise<OpenedFolder>,
  depth: number,
): Promise<void> {
  await using folder = await open();
  for await (const { name } of await opendir(await folder.ownPath())) {
    const path = await folder.pathOf(name);
    await unlessGone(own(given, path, () => folder.openFolder(name), depth));
  }
}

/** Another process of the host's side (a command, another group's run), or an agent, may exchange what is there. */
async function unlessGone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
  }
}
