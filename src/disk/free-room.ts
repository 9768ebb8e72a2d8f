import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';

/** What is free in the file system of a path, in bytes: see `roomOf`. */
export async function findFreeRoom(path: string): Promise<number> {
  return roomOf(await statfs(path));
}

/**
 * Bytes that are free, or fewer where the file system runs out of files first: each that it can still make stands for
 * as much of the disk as it has bytes for one. One that counts no files (`files` 0, as Btrfs) has as many as it likes.
 */
export function roomOf(
  disk: Pick<StatsFs, 'bsize' | 'blocks' | 'bavail' | 'files' | 'ffree'>,
): number {
  const bytes = disk.bavail * disk.bsize;
  if (disk.files === 0) return bytes;
  return Math.min(bytes, (disk.ffree * disk.blocks * disk.bsize) / disk.files);
}
