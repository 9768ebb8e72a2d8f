import type { RegisteredGroup } from '../core/group.ts';
import { signInNotice } from '../core/sign-in-notice.ts';
import { createContainerAuth } from '../credentials/container-auth.ts';
import type { CredentialStore } from '../credentials/credential-store.ts';
import { createCredentialStore } from '../credentials/file-credential-store.ts';
import { findGroupApiKey } from '../credentials/group-api-key.ts';
import { createRefresher, type HostRefresher } from '../credentials/host-refresher.ts';
import { createAuthServer } from '../credentials/http-auth-server.ts';
import { renewInHomes } from '../credentials/renew-in-homes.ts';
import {
  createResolveCredential,
  type ResolveCredential,
} from '../credentials/resolve-credential.ts';
import type { AppBase } from './base.ts';

export interface CredentialsParts {
  readonly groups: () => readonly RegisteredGroup[];
  /** Whether the container of a group is given what authenticates it. */
  readonly mayHold: (group: RegisteredGroup) => boolean;
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
    onRefreshed: (id, access) =>
      renewInHomes({ store, containerAuth, logger, ...parts }, id, access),
    onBroken: ({ folder }, { code, signedInAt }) =>
      parts.tellMain(signInNotice({ folder, code }), `sign-in-over:${folder ?? ''}:${signedInAt}`),
  });
  const resolve = createResolveCredential({
    secrets: config.secrets,
    store,
    refresher,
    containerAuth,
    mayHold: parts.mayHold,
    findGroupApiKey: (folder) => findGroupApiKey(paths, folder),
    onKeyRefused: ({ provider, fingerprint }) =>
      parts.tellMain(signInNotice({ provider }), `key-refused:${provider}:${fingerprint}`),
  });
  return { store, refresher, resolve };
}
