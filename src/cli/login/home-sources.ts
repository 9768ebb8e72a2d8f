import { readAccount } from '../../credentials/account-claims.ts';
import type { CredentialStore } from '../../credentials/credential-store.ts';
import { findGroupApiKey } from '../../credentials/group-api-key.ts';
import { findSeed } from '../../credentials/seed.ts';
import type { HostPaths } from '../../paths.ts';
import type { SignInSource } from './sources.ts';

/** What a person has put into the homes of groups and their next run may use. */
export async function listHomeSources(
  store: Pick<CredentialStore, 'read'>,
  paths: Pick<HostPaths, 'codexHome'>,
  folders: readonly string[],
): Promise<SignInSource[]> {
  const found: SignInSource[] = [];
  for (const folder of folders) {
    const seed = await findSeed({ store, paths }, folder);
    if (seed !== undefined && readAccount(seed.tokens).status === 'ok') {
      found.push({ from: 'group_home', provider: 'openai-codex', folder });
    }
    const key = await findGroupApiKey(paths, folder);
    if (key !== undefined) found.push({ from: 'group_home', provider: 'openai', folder });
  }
  return found;
}
