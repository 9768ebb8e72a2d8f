import { randomBytes } from 'node:crypto';
import { lstat, opendir, rm } from 'node:fs/promises';
import { isErrno } from '../errno.ts';
import type { OpenedFolder } from './opened-folder.ts';

/** Far longer than a write takes, by this host or by a command beside it. */
const ABANDONED_MS = 60_000;
/** Entries looked at: an agent may litter its own mailbox. */
const MAX_ENTRIES = 10_000;

/** Name of a file of the host's that is not whole yet. Several processes may write at the same time. */
export function temporaryName(): string {
  return `.${randomBytes(8).toString('hex')}.tmp`;
}

/** Removes what hosts that died while they wrote have left in a folder. `now` in unix milliseconds. */
export async function removeAbandoned(folder: OpenedFolder, now: number): Promise<void> {
  let seen = 0;
  for await (const { name } of await opendir(await folder.ownPath())) {
    seen += 1;
    if (seen > MAX_ENTRIES) return;
    if (/^\.[0-9a-f]{16}\.tmp$/.test(name)) await removeOld(await folder.pathOf(name), now);
  }
}

/** The agent may have removed it, or put a folder in its place. */
async function removeOld(path: string, now: number): Promise<void> {
  try {
    const found = await lstat(path);
    if (found.isFile() && found.mtimeMs < now - ABANDONED_MS) await rm(path, { force: true });
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
