import type { Config } from '../../config.ts';
import type { AuthServer } from '../../credentials/auth-server.ts';
import type { CredentialStore } from '../../credentials/credential-store.ts';
import type { ProfileId } from '../../credentials/stored-credential.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { findGroup, loadGroups } from '../groups/registry.ts';

/** What the commands about sign-ins work with; the host may be running beside them. */
export interface Credentials {
  readonly config: Config;
  readonly store: CredentialStore;
  readonly authServer: AuthServer;
}

/** Loads late: most commands never touch a credential. */
export async function openCredentials(context: CliContext): Promise<Credentials> {
  const { createCredentialStore } = await import('../../credentials/file-credential-store.ts');
  const { createAuthServer } = await import('../../credentials/http-auth-server.ts');
  const config = context.loadConfig();
  return {
    config,
    store: createCredentialStore({ folder: installationPaths(context).credentials }),
    authServer: createAuthServer({ ...config.signIn, now: context.now }),
  };
}

/** The profile of a ChatGPT sign-in: the installation's, or that of a registered group. */
export async function findCodexProfile(
  context: CliContext,
  group: string | undefined,
): Promise<ProfileId> {
  if (group === undefined) return { name: 'openai-codex' };
  const { folder } = findGroup(await loadGroups(context), group);
  return { name: 'openai-codex', folder };
}

/** As `findCodexProfile`, but also that of a group which is no longer registered. */
export async function findStoredCodexProfile(
  context: CliContext,
  store: Pick<CredentialStore, 'list'>,
  group: string | undefined,
): Promise<ProfileId> {
  if (group === undefined) return { name: 'openai-codex' };
  const left = (await store.list()).find(({ folder }) => folder === group);
  return left ?? (await findCodexProfile(context, group));
}
