import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';

/** Looking through so many takes a second or two; a run waits for it. */
const MAX_ENTRIES = 50_000;
/** Of a path in the folder: an agent that may write it could nest folders without end. Those of packages are shorter. */
const MAX_PATH_CHARS = 1_000;
/** Large, and made by programs from what is public. */
const SKIPPED = new Set(['node_modules', '.git']);

export interface Survey {
  /** Paths relative to the folder. */
  readonly entries: readonly string[];
  readonly sockets: readonly string[];
  /** Everything was looked at. */
  readonly isWhole: boolean;
}

/**
 * What a folder holds at every depth, the upper levels first; links are named and not followed, and nothing is looked
 * at in folders of installed packages and of git. A folder that cannot be read shows an agent nothing either.
 */
export async function surveyFolder(folder: string, maxEntries = MAX_ENTRIES): Promise<Survey> {
  const entries: string[] = [];
  const sockets: string[] = [];
  const waiting = [''];
  let isWhole = true;
  for (const within of waiting) {
    for await (const entry of entriesOf(join(folder, within))) {
      if (entries.length === maxEntries) return { entries, sockets, isWhole: false };
      const path = join(within, entry.name);
      entries.push(path);
      if (entry.isSocket()) sockets.push(path);
      if (!entry.isDirectory() || SKIPPED.has(entry.name)) continue;
      if (path.length > MAX_PATH_CHARS) isWhole = false;
      else waiting.push(path);
    }
  }
  return { entries, sockets, isWhole };
}

async function* entriesOf(folder: string) {
  try {
    yield* await opendir(folder);
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
  }
}
