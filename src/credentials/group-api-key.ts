import type { HostPaths } from '../paths.ts';
import { groupAuthPlaces, readGroupAuthFile } from './group-auth-file.ts';
import { readCodexTokens } from './sign-in/codex-tokens.ts';

/**
 * The API key that `codex login --with-api-key` has left in a group's own home, if there is one; also after the file was
 * taken out of it.
 */
export async function findGroupApiKey(
  paths: Pick<HostPaths, 'codexHome'>,
  folder: string,
): Promise<string | undefined> {
  for (const path of groupAuthPlaces(paths, folder)) {
    const content = await readGroupAuthFile(path);
    if (content === undefined) continue;
    const auth = readCodexTokens(content);
    if (auth.status === 'api_key') return auth.apiKey;
  }
  return undefined;
}
