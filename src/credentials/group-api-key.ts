import type { Now } from '../clock.ts';
import { readCodexAuth } from '../core/codex-auth.ts';
import type { HostPaths } from '../paths.ts';
import { groupAuthPath, readGroupAuthFile } from './group-auth-file.ts';

/** The API key that `codex login --with-api-key` has left in a group's own home, if there is one. */
export function createFindGroupApiKey(paths: Pick<HostPaths, 'codexHome'>, now: Now) {
  return async (folder: string): Promise<string | undefined> => {
    const content = await readGroupAuthFile(groupAuthPath(paths, folder));
    if (content === undefined) return undefined;
    const auth = readCodexAuth(content, now());
    return auth.kind === 'api_key' ? auth.apiKey : undefined;
  };
}
