import { readdir } from 'node:fs/promises';
import { folderNameSchema } from '../../core/folder-name.ts';
import type { CredentialStore } from '../../credentials/credential-store.ts';
import type { ProfileId } from '../../credentials/stored-credential.ts';
import { isErrno } from '../../errno.ts';
import { createLogger } from '../../logger.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { isUsable, listProfiles } from './read-sign-ins.ts';

/** Takes the access tokens out of the homes of the groups that used this profile, registered or not. */
export async function withdrawTokens(
  context: CliContext,
  store: CredentialStore,
  profile: ProfileId,
): Promise<void> {
  const { createContainerAuth } = await import('../../credentials/container-auth.ts');
  const paths = installationPaths(context);
  const containerAuth = createContainerAuth({
    paths,
    store,
    now: context.now,
    logger: createLogger('silent'),
    // Nothing is given to anybody here.
    handOver: () => Promise.resolve(),
  });
  const { folder } = profile;
  const folders =
    folder === undefined ? await foldersWithoutOwn(context, store, paths.codexRoot) : [folder];
  for (const each of folders) await containerAuth.withdraw(each);
}

async function foldersWithoutOwn(
  { now }: CliContext,
  store: CredentialStore,
  homes: string,
): Promise<string[]> {
  const profiles = await listProfiles(store);
  const own = new Set(profiles.filter((each) => isUsable(each, now())).map(({ folder }) => folder));
  return (await listHomes(homes)).filter(
    (folder) => folderNameSchema.safeParse(folder).success && !own.has(folder),
  );
}

async function listHomes(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
