import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';
import type { HostPaths } from '../paths.ts';
import {
  CREDENTIALS_FOLDER,
  ENV_PATH,
  GROUPS_FOLDER,
  REGISTRATIONS_PATH,
  SPOOL_FOLDER,
} from './archive-path.ts';
import { type Listing, listInto } from './list-files.ts';

/** More than any note or memory has; images, recordings and builds are above. */
const LARGE_BYTES = 1024 * 1024;

interface Wanted {
  readonly paths: HostPaths;
  readonly withSecrets: boolean;
  readonly withFiles: boolean;
  readonly signal: AbortSignal;
}

/**
 * Everything of an installation but its database: registrations, what groups and agents have written, conversations,
 * files on their way out. Not among it is what the host makes again: logs, mailboxes, the agents’ homes.
 */
export async function listInstallation({
  paths,
  withSecrets,
  withFiles,
  signal,
}: Wanted): Promise<Listing> {
  const listing: Listing = { sources: [], leftOut: [] };
  const bounded = { maxBytes: withFiles ? undefined : LARGE_BYTES, signal };
  const whole = { maxBytes: undefined, signal };
  const add = (path: string, options: typeof bounded) =>
    listInto(listing, paths.home, path, options);
  await add(REGISTRATIONS_PATH, whole);
  for (const path of await conversationFolders(paths.data)) await add(path, whole);
  await add(SPOOL_FOLDER, bounded);
  await add(GROUPS_FOLDER, bounded);
  if (withSecrets) {
    await add(CREDENTIALS_FOLDER, whole);
    await add(ENV_PATH, whole);
  }
  return listing;
}

/** An agent may have put a link in place of its home: a folder on the way has to be one. */
async function conversationFolders(data: string): Promise<string[]> {
  const homes = [
    ['claude', '.claude', 'projects'],
    ['codex', '.codex', 'sessions'],
  ] as const;
  const found: string[] = [];
  for (const [agent, home, conversations] of homes) {
    for (const group of await folderNames(join(data, agent))) {
      const inside = await folderNames(join(data, agent, group));
      if (inside.includes(home)) found.push(`data/${agent}/${group}/${home}/${conversations}`);
    }
  }
  return found;
}

async function folderNames(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EACCES')) return [];
    throw error;
  }
}
