import type { Now } from '../clock.ts';
import { readCodexAuth } from '../core/codex-auth.ts';
import type { HostPaths } from '../paths.ts';
import { groupAuthPath, readGroupAuthFile, replacedAuthPath } from './group-auth-file.ts';

/**
 * The API key that `codex login --with-api-key` has left in a group's own home, if there is one; also after an access
 * token took the place of the file.
 */
export function createFindGroupApiKey(paths: Pick<HostPaths, 'codexHome'>, now: Now) {
  return async (folder: string): Promise<string | undefined> => {
    for (const path of [groupAuthPath(paths, folder), replacedAuthPath(paths, folder)]) {
      const content = await readGroupAuthFile(path);
      if (content === undefined) continue;
      const auth = readCodexAuth(content, now());
      if (auth.kind === 'api_key') return auth.apiKey;
    }
    return undefined;
  };
}
