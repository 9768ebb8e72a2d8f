import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../errno.ts';
import type { HostPaths } from '../../paths.ts';

/** Without the group's name: names come from outside, and an agent trusts its memory. */
const STARTER_MEMORY = `# Memory of this group

What the assistant should know and keep in mind here. People and the assistant may both edit this file; it is
part of every conversation in this group.
`;

/**
 * Makes the group's folder and its memory file unless they are there. False when the folder was there.
 * Rejects when something else has its name.
 */
export async function createGroupFolder(paths: HostPaths, folder: string): Promise<boolean> {
  const path = paths.groupFolder(folder);
  const isNew = (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined;
  if (!(await lstat(path)).isDirectory()) {
    throw new Error(`${path} is not a folder: move it away and run the command again`);
  }
  try {
    await writeFile(join(path, 'CLAUDE.md'), STARTER_MEMORY, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  return isNew;
}

/** The files that outlive a registration, those that exist, as paths below the installation's folder. */
export async function keptFiles(paths: HostPaths, folder: string): Promise<string[]> {
  const candidates = [
    ['groups', paths.groupFolder(folder)],
    ['data/codex', paths.codexHome(folder)],
    ['data/claude', paths.claudeHome(folder)],
    ['data/ipc', paths.ipc(folder)],
  ] as const;
  const kept: string[] = [];
  for (const [parent, path] of candidates) {
    if (await exists(path)) kept.push(`${parent}/${folder}`);
  }
  return kept;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Names below `groups/`, whoever made them. */
export async function listGroupFolders(paths: HostPaths): Promise<string[]> {
  try {
    return await readdir(paths.groups);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
