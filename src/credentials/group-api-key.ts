import { join } from 'node:path';
import type { Now } from '../clock.ts';
import { readCodexAuth } from '../core/codex-auth.ts';
import { isErrno } from '../errno.ts';
import type { HostPaths } from '../paths.ts';
import { readOwnedFile, UnsafeFileError } from '../safe-file.ts';

const MAX_AUTH_BYTES = 64 * 1024;

/** The API key that `codex login --with-api-key` has left in a group's own home, if there is one. */
export function createFindGroupApiKey(paths: Pick<HostPaths, 'codexHome'>, now: Now) {
  return async (folder: string): Promise<string | undefined> => {
    const content = await readAuthFile(join(paths.codexHome(folder), 'auth.json'));
    if (content === undefined) return undefined;
    const auth = readCodexAuth(content, now());
    return auth.kind === 'api_key' ? auth.apiKey : undefined;
  };
}

/** Agents can write the folder: what is not a plain file that we may read counts as none. */
async function readAuthFile(path: string): Promise<string | undefined> {
  try {
    return await readOwnedFile(path, MAX_AUTH_BYTES);
  } catch (error) {
    if (error instanceof UnsafeFileError || isErrno(error, 'EACCES')) return undefined;
    throw error;
  }
}
