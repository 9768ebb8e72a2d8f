import type { RegisteredGroup } from '../core/group.ts';
import type { Logger } from '../logger.ts';
import type { ContainerAuth } from './container-auth.ts';
import type { CredentialStore } from './credential-store.ts';
import type { Access } from './refresher.ts';
import type { ProfileId } from './stored-credential.ts';

export interface RenewInHomesDeps {
  readonly store: Pick<CredentialStore, 'list'>;
  readonly containerAuth: Pick<ContainerAuth, 'renew'>;
  readonly groups: () => readonly Pick<RegisteredGroup, 'folder'>[];
  readonly logger: Logger;
}

/**
 * Gives a new access token to the groups that have an earlier one of the profile: a run that goes on with that one
 * reads its file again when the model refuses it. Who never had one gets none, and a home that does not take it
 * keeps it from no other.
 */
export async function renewInHomes(
  deps: RenewInHomesDeps,
  { name, folder }: ProfileId,
  access: Access,
): Promise<void> {
  const folders = folder === undefined ? await foldersWithoutOwn(deps, name) : [folder];
  for (const each of folders) {
    try {
      await deps.containerAuth.renew(each, access);
    } catch (error) {
      deps.logger.error({ err: error, folder: each }, 'a group did not get its access token');
    }
  }
}

async function foldersWithoutOwn(
  { store, groups }: RenewInHomesDeps,
  name: ProfileId['name'],
): Promise<string[]> {
  const profiles = await store.list();
  const own = new Set(profiles.filter((id) => id.name === name).map((id) => id.folder));
  return groups()
    .map((group) => group.folder)
    .filter((each) => !own.has(each));
}
