import { dirname, join } from 'node:path';
import { isErrno } from '../errno.ts';
import type { HostPaths } from '../paths.ts';
import { readOwnedFile, UnsafeFileError } from '../safe-file.ts';

const MAX_BYTES = 64 * 1024;

/** The credential that the container of a group can read. An agent that is a plain process can write the folder. */
export function groupAuthPath(paths: Pick<HostPaths, 'codexHome'>, folder: string): string {
  return join(paths.codexHome(folder), 'auth.json');
}

/** Where another credential that was there is kept, out of the agent's reach. */
export function replacedAuthPath(paths: Pick<HostPaths, 'codexHome'>, folder: string): string {
  return join(dirname(paths.codexHome(folder)), 'auth.json.replaced');
}

/** Where a credential that a person has put into the home of a group can be, by the order in which it counts. */
export function groupAuthPlaces(
  paths: Pick<HostPaths, 'codexHome'>,
  folder: string,
): readonly string[] {
  return [groupAuthPath(paths, folder), replacedAuthPath(paths, folder)];
}

/** The content; what is not a plain file that we may read counts as none. */
export async function readGroupAuthFile(path: string): Promise<string | undefined> {
  try {
    return await readOwnedFile(path, MAX_BYTES);
  } catch (error) {
    if (error instanceof UnsafeFileError || isErrno(error, 'EACCES')) return undefined;
    throw error;
  }
}
