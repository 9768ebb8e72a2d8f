import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MAILBOX_FOLDERS } from '@deckhand/protocol';
import { type MountSources, PROJECT_PARTS } from '../core/mounts.ts';
import type { HostPaths } from '../paths.ts';
import { prepareCodexFiles } from './codex-home.ts';
import { isPresent } from './host-place.ts';
import { MountRefusedError } from './mount-refused-error.ts';

/** Makes the folders that a group's agents have, where they are missing. Throws a MountRefusedError for one that is a link. */
export async function prepareGroupFolders(
  paths: HostPaths,
  projectRoot: string,
  folder: string,
): Promise<MountSources> {
  const sources = {
    group: paths.groupFolder(folder),
    ipc: paths.ipc(folder),
    codexHome: paths.codexHome(folder),
    claudeHome: paths.claudeHome(folder),
  };
  await mkdir(sources.group, { recursive: true, mode: 0o755 });
  for (const path of [sources.codexHome, sources.claudeHome]) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
  await makeMailbox(sources.ipc);
  for (const path of Object.values(sources)) await refuseLink(path);
  await prepareCodexFiles(sources.codexHome);
  const hasMemory = await isPresent(paths.globalMemory);
  return {
    ...sources,
    ...(hasMemory ? { globalMemory: paths.globalMemory } : {}),
    project: await presentParts(projectRoot),
  };
}

/** Once. What an agent does to the folders of its mailbox later is the mailbox's to mend, and no reason not to run. */
async function makeMailbox(ipc: string): Promise<void> {
  const isNew = (await mkdir(ipc, { recursive: true, mode: 0o700 })) !== undefined;
  if (!isNew) return;
  // The host and a command may both be the first.
  for (const name of MAILBOX_FOLDERS)
    await mkdir(join(ipc, name), { recursive: true, mode: 0o700 });
}

/** A mount follows a link in its source: the folder itself must be one. */
async function refuseLink(path: string): Promise<void> {
  if ((await lstat(path)).isDirectory()) return;
  throw new MountRefusedError(`${path} must be a folder, not a link or file`);
}

async function presentParts(projectRoot: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const part of PROJECT_PARTS) {
    const path = join(projectRoot, part);
    if (await isPresent(path)) found[part] = path;
  }
  return found;
}
