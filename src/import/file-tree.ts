import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';

/** A larger one is no memory or note; whoever needs it copies it by hand. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const MAX_FILES = 100_000;
const MAX_DEPTH = 32;

export interface FileTree {
  /** Paths of regular files below the folder. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** What is not taken, with why. */
  readonly leftOut: readonly string[];
}

interface Walk {
  readonly root: string;
  readonly files: string[];
  readonly leftOut: string[];
  bytes: number;
}

/**
 * The files below a folder, links not followed; undefined when it may not be read at all. `skipped` are names right
 * below it that are passed over.
 */
export async function listFileTree(
  root: string,
  skipped: ReadonlySet<string> = new Set(),
): Promise<FileTree | undefined> {
  const walk: Walk = { root, files: [], leftOut: [], bytes: 0 };
  try {
    await visitFolder(walk, '', 0, skipped);
    return walk;
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}

async function visitFolder(
  walk: Walk,
  path: string,
  depth: number,
  skipped: ReadonlySet<string>,
): Promise<void> {
  if (depth > MAX_DEPTH) return leaveOut(walk, path, 'is nested too deep');
  for (const name of (await readdir(join(walk.root, path))).toSorted()) {
    if (!skipped.has(name)) await visit(walk, join(path, name), depth);
  }
}

async function visit(walk: Walk, path: string, depth: number): Promise<void> {
  // What a name that is not UTF-8 becomes when it is read.
  if (path.includes('\ufffd')) return leaveOut(walk, path, 'has a name that is not UTF-8');
  try {
    const stat = await lstat(join(walk.root, path));
    if (stat.isSymbolicLink()) return leaveOut(walk, path, 'is a link, which is not followed');
    if (stat.isDirectory()) return await visitFolder(walk, path, depth + 1, new Set());
    if (!stat.isFile()) return leaveOut(walk, path, 'is no regular file');
    if (stat.size > MAX_FILE_BYTES) return leaveOut(walk, path, 'is larger than 256 MB');
    if (walk.files.length >= MAX_FILES) return leaveOut(walk, path, 'is one file too many');
    walk.files.push(path);
    walk.bytes += stat.size;
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM')) return leaveOut(walk, path, 'may not be read by you');
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

function leaveOut(walk: Walk, path: string, why: string): void {
  walk.leftOut.push(`${path} ${why}`);
}
