import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';
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
  const stat = await lstatIfThere(file);
  if (stat === undefined) return;
  const reason = reasonToLeaveOut(stat, options.maxBytes);
  if (reason !== undefined) {
    listing.leftOut.push({ path, reason });
    return;
  }
  if (stat.isFile()) {
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

function reasonToLeaveOut(stat: Stats, maxBytes: number | undefined): LeftOutReason | undefined {
  if (stat.isSymbolicLink()) return 'link';
  if (stat.isDirectory()) return undefined;
  if (!stat.isFile()) return 'special';
  return maxBytes !== undefined && stat.size > maxBytes ? 'large' : undefined;
}

async function lstatIfThere(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function readNames(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'EACCES', 'ENOENT')) return undefined;
    throw error;
  }
}
