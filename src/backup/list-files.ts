import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';
import { isArchivePath } from './archive-path.ts';
import type { LeftOut, LeftOutReason } from './manifest.ts';

export interface Source {
  /** In the archive. */
  readonly path: string;
  /** The folder below which it lies; nobody but this user can exchange that one. */
  readonly root: string;
  /** Below the root, `/` between. */
  readonly relative: string;
  readonly kind: 'file' | 'directory';
}

export interface Listing {
  readonly sources: Source[];
  readonly leftOut: LeftOut[];
}

export interface ListOptions {
  /** Files above are left out; undefined takes all. */
  readonly maxBytes: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Adds a file, or a folder with everything in it, to a listing, each folder before what it holds. Links are left out
 * and never followed: an agent could have made them.
 */
export async function listInto(
  listing: Listing,
  root: string,
  path: string,
  options: ListOptions,
): Promise<void> {
  options.signal.throwIfAborted();
  const file = join(root, path);
  const found = isArchivePath(path) ? await lookAt(file, options.maxBytes) : 'long';
  if (found === 'gone') return;
  if (found !== 'file' && found !== 'directory') {
    listing.leftOut.push({ path, reason: found });
    return;
  }
  if (found === 'file') {
    listing.sources.push({ path, root, relative: path, kind: 'file' });
    return;
  }
  const names = await readNames(file);
  if (names === undefined) {
    listing.leftOut.push({ path, reason: 'unreadable' });
    return;
  }
  listing.sources.push({ path, root, relative: path, kind: 'directory' });
  for (const name of names.sort()) {
    await listInto(listing, root, `${path}/${name}`, options);
  }
}

/** What it is, or why it cannot be taken: nothing that an agent does to its folders meanwhile ends the backup. */
async function lookAt(
  file: string,
  maxBytes: number | undefined,
): Promise<Source['kind'] | LeftOutReason> {
  try {
    const stat = await lstat(file);
    if (stat.isSymbolicLink()) return 'link';
    if (stat.isDirectory()) return 'directory';
    if (!stat.isFile()) return 'special';
    return maxBytes !== undefined && stat.size > maxBytes ? 'large' : 'file';
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return 'gone';
    if (isErrno(error, 'EACCES', 'ELOOP')) return 'unreadable';
    throw error;
  }
}

async function readNames(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'EACCES', 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined;
    throw error;
  }
}
