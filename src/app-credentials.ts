import type { AppBase } from './app-base.ts';
import type { RegisteredGroup } from './core/group.ts';
import { signInNotice } from './core/sign-in-notice.ts';
import { type ContainerAuth, createContainerAuth } from './credentials/container-auth.ts';
import type { CredentialStore } from './credentials/credential-store.ts';
import { createCredentialStore } from './credentials/file-credential-store.ts';
import { createFindGroupApiKey } from './credentials/group-api-key.ts';
import { createRefresher, type HostRefresher } from './credentials/host-refresher.ts';
import { createAuthServer } from './credentials/http-auth-server.ts';
import type { Access } from './credentials/refresher.ts';
import {
  createResolveCredential,
  type ResolveCredential,
} from './credentials/resolve-credential.ts';
import type { ProfileId } from './credentials/stored-credential.ts';

export interface CredentialsParts {
  readonly groups: () => readonly RegisteredGroup[];
  /** Gives a file to the user that agents run as. */
  readonly handOver: (path: string) => Promise<void>;
  /** Tells the main chat something, once per `key`. */
  readonly tellMain: (text: string, key: string) => void;
}

export interface Credentials {
  readonly store: CredentialStore;
  readonly refresher: HostRefresher;
  readonly resolve: ResolveCredential;
}

type CredentialsBase = Pick<AppBase, 'config' | 'paths' | 'now' | 'logger'>;

/** Sign-ins and keys of this installation. Dispose `refresher` before the program ends. */
export function createCredentials(base: CredentialsBase, parts: CredentialsParts): Credentials {
  const { config, paths, now, logger } = base;
  const store = createCredentialStore({ folder: paths.credentials });
  const containerAuth = createContainerAuth({ paths, store, now, logger, ...parts });
  const refresher = createRefresher({
    store,
    authServer: createAuthServer({ ...config.signIn, now }),
    now,
    logger,
    onRefreshed: (id, access) => publishToUsers({ store, containerAuth, ...parts }, id, access),
    onBroken: ({ folder }, { code, signedInAt }) =>
      parts.tellMain(signInNotice({ folder, code }), `sign-in-over:${folder ?? ''}:${signedInAt}`),
  });
  const resolve = createResolveCredential({
    secrets: config.secrets,
    store,
    refresher,
    containerAuth,
    findGroupApiKey: createFindGroupApiKey(paths, now),
    onKeyRefused: ({ provider, fingerprint }) =>
      parts.tellMain(signInNotice({ provider }), `key-refused:${provider}:${fingerprint}`),
  });
  return { store, refresher, resolve };
}

interface Publication extends Pick<CredentialsParts, 'groups'> {
  readonly store: CredentialStore;
  readonly containerAuth: ContainerAuth;
}

/** A run that goes on with the token before reads its file again when the model refuses that one. */
async function publishToUsers(
  { store, containerAuth, groups }: Publication,
  { name, folder }: ProfileId,
  access: Access,
): Promise<void> {
  if (folder !== undefined) return containerAuth.publish(folder, access);
  const profiles = await store.list();
  const own = new Set(profiles.filter((id) => id.name === name).map((id) => id.folder));
  const users = groups().filter((group) => group.provider !== 'claude' && !own.has(group.folder));
  for (const group of users) await containerAuth.publish(group.folder, access);
}
