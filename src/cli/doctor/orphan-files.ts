import { readdir, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { shellWord } from '../../core/shell-word.ts';
import { createOutbox } from '../../db/outbox.ts';
import { isErrno } from '../../errno.ts';
import type { HostPaths } from '../../paths.ts';
import { isAbandonedLock } from '../../registrations/lock.ts';
import { readDatabase } from '../database.ts';
import { type Finding, warning } from './finding.ts';

/** A copy is made before the message that needs it is stored. */
const COPY_WITHIN_MS = 10 * 60_000;
/** Named in one finding; the others are counted. */
const SHOWN = 5;

/** Copies of files that no unsent message needs. Throws CliError when the database cannot be read. */
export async function checkSpool(paths: HostPaths, now: number): Promise<Finding[]> {
  const needed = new Set(readDatabase(paths.database, (db) => createOutbox(db).spooled()) ?? []);
  const left: string[] = [];
  for (const name of await namesIn(paths.spool)) {
    if (!needed.has(name) && (await isOlderThan(join(paths.spool, name), now - COPY_WITHIN_MS)))
      left.push(name);
  }
  if (left.length === 0) return [];
  const what = left.length === 1 ? '1 copy of a file' : `${left.length} copies of files`;
  const fix = {
    removes: `remove ${what} from data/spool that no message needs`,
    async apply() {
      for (const name of left) await rm(join(paths.spool, name), { recursive: true, force: true });
      return `removed ${what} from data/spool`;
    },
  };
  const mend = 'The next start of the host removes them; at once:\n$ npx deckhand doctor --fix';
  return [warning('orphans.spool', `data/spool holds ${what} that no message needs`, mend, fix)];
}

/** The lock of an edit of the registrations whose process is gone. */
export async function checkLock(paths: HostPaths, now: () => number): Promise<Finding[]> {
  const path = `${paths.registrations}.lock`;
  if (!(await isAbandonedLock(path, now))) return [];
  const name = relative(paths.home, path);
  const fix = {
    removes: `remove ${name}, which nobody holds`,
    async apply() {
      // The answer may have taken minutes, and another command may have taken the lock over.
      if (!(await isAbandonedLock(path, now)))
        return `left ${name} to the command that holds it now`;
      await rm(path, { force: true });
      return `removed ${name}`;
    },
  };
  const mend = 'The next edit takes it away; at once:\n$ npx deckhand doctor --fix';
  return [warning('orphans.lock', `${name} was left by a command that was killed`, mend, fix)];
}

/** What is left of groups that are registered no more: memory and conversations, which only a person may throw away. */
export async function checkFolders(
  paths: HostPaths,
  folders: ReadonlySet<string>,
): Promise<Finding[]> {
  const roots = [
    paths.groups,
    paths.ipcRoot,
    paths.claimedRoot,
    paths.codexRoot,
    join(paths.data, 'claude'),
  ];
  const left: string[] = [];
  for (const root of roots) {
    for (const name of await folderNamesIn(root)) {
      if (!folders.has(name)) left.push(relative(paths.home, join(root, name)));
    }
  }
  if (left.length === 0) return [];
  const more = left.length > SHOWN ? ` and ${left.length - SHOWN} more` : '';
  const detail = `of groups that are not registered: ${left.slice(0, SHOWN).join(', ')}${more}`;
  const mend = `They hold memory and conversations. Register the group again, or when nobody needs them:\n$ rm -r ${left
    .slice(0, SHOWN)
    .map(shellWord)
    .join(' ')}`;
  return [warning('orphans.folders', detail, mend)];
}

async function folderNamesIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

async function isOlderThan(path: string, time: number): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs < time;
  } catch (error) {
    // Sent meanwhile.
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
