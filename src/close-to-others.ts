import { chmod, lstat } from 'node:fs/promises';
import { isErrno } from './errno.ts';

/**
 * Takes a file or a folder away from all but its owner. Gives its mode of before, in octal, when others could read,
 * change or enter it; undefined when they could not, when there is none, and of a link: what it leads to is none of ours.
 */
export async function closeToOthers(path: string): Promise<string | undefined> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink() || (found.mode & 0o077) === 0) return undefined;
    await chmod(path, found.mode & 0o700);
    return (found.mode & 0o777).toString(8);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
