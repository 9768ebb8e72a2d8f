import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isErrno } from '../../../src/errno.ts';
import { hostPaths } from '../../../src/paths.ts';

/** Files of a host at rest that should not be there, as paths below its folder. */
export async function findLeftoverFiles(home: string): Promise<string[]> {
  const paths = hostPaths(home);
  const claimed = await filesOf(paths.claimedRoot);
  const quarantined = await filesOf(paths.quarantineRoot);
  const spooled = await filesOf(paths.spool);
  const requests = (await filesOf(paths.ipcRoot)).filter(isRequest);
  const temporary = (await filesOf(paths.data)).filter(isTemporary);
  const found = [...claimed, ...quarantined, ...spooled, ...requests, ...temporary];
  return [...new Set(found)].map((path) => relative(home, path)).sort();
}

/** How many requests lie in mailboxes or are in the host's hands. */
export async function countOpenRequests(home: string): Promise<number> {
  const { ipcRoot, claimedRoot } = hostPaths(home);
  const waiting = (await filesOf(ipcRoot)).filter(isRequest);
  return waiting.length + (await filesOf(claimedRoot)).length;
}

function isRequest(path: string): boolean {
  return /\/(?:messages|tasks)\/[^./][^/]*\.json$/.test(path);
}

/** An agent that was killed leaves its own temporary file in its mailbox, which is the agent's to clean. */
function isTemporary(path: string): boolean {
  return /\.(?:tmp|part)$/.test(path) && !/\/(?:messages|tasks)\/\.[^/]+\.json\.tmp$/.test(path);
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
