import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';

export async function isPresent(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** With every link followed; without those that do not exist. */
export async function realPlaces(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) if (await isPresent(path)) found.push(await realpath(path));
  return found;
}

export function expandHome(userHome: string, path: string): string {
  return path === '~' || path.startsWith('~/') ? join(userHome, path.slice(1)) : path;
}
