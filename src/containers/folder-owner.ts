import { lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';
import type { AgentUser } from './agent-user.ts';

/**
 * Hands folders to the agents' user: everything below at first use in this host's lifetime, afterwards the
 * folder and what lies directly in it, where the host writes. Links are changed themselves and never
 * followed; another file system below is left alone. Only for folders no agent process uses at the time.
 */
export function createFolderOwner(user: AgentUser): (folder: string) => Promise<void> {
  const done = new Set<string>();
  return async (folder) => {
    if (!user.mustOwnFolders) return;
    const { dev } = await lstat(folder);
    await own(folder, user, dev, done.has(folder) ? 1 : Number.POSITIVE_INFINITY);
    done.add(folder);
  };
}

async function own(path: string, user: AgentUser, device: number, depth: number): Promise<void> {
  const found = await lstat(path);
  if (found.dev !== device) return;
  if (found.uid !== user.uid || found.gid !== user.gid) await lchown(path, user.uid, user.gid);
  if (!found.isDirectory() || depth === 0) return;
  for (const name of await readdir(path))
    await ownIfThere(join(path, name), user, device, depth - 1);
}

/** Another process of the host's side (a command, another group's run) may rename a file away meanwhile. */
async function ownIfThere(...[path, ...rest]: Parameters<typeof own>): Promise<void> {
  try {
    await own(path, ...rest);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
