import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignInConfig } from '../../src/config.ts';
import type { CredentialStore } from '../../src/credentials/credential-store.ts';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { createAuthServer } from '../../src/credentials/http-auth-server.ts';
import type { RedeemCodeDeps } from '../../src/credentials/sign-in/redeem-code.ts';
import type { SignOutDeps } from '../../src/credentials/sign-in/sign-out.ts';
import type { ProfileId, StoredCredential } from '../../src/credentials/stored-credential.ts';
import {
  CLIENT_ID,
  type OAuthServer,
  type OAuthServerOptions,
  startOAuthServer,
} from '../loopback/oauth/server.ts';
import { freePort } from './free-port.ts';

export const CODEX: ProfileId = { name: 'openai-codex' };
export const never = new AbortController().signal;

/** An authorization server, an empty credential store, and what every flow is given. */
export interface FlowWorld extends AsyncDisposable {
  readonly server: OAuthServer;
  readonly folder: string;
  readonly config: SignInConfig;
  readonly deps: RedeemCodeDeps &
    SignOutDeps & { readonly store: CredentialStore; readonly config: SignInConfig };
  /** Moves the time that the flows see. */
  readonly clock: { now: number };
  readStored(profile?: ProfileId): Promise<StoredCredential | undefined>;
  /** Bytes and mode of a file, to see that it is untouched. */
  fingerprint(file: string): { content: string; mode: number };
}

export async function startFlowWorld(options: OAuthServerOptions = {}): Promise<FlowWorld> {
  const clock = { now: Date.UTC(2026, 10, 1) };
  const now = () => clock.now;
  const server = await startOAuthServer({ now, ...options });
  const folder = mkdtempSync(join(tmpdir(), 'deckhand-sign-in-'));
  const store = createCredentialStore({ folder });
  const config = {
    authUrl: server.origin,
    clientId: CLIENT_ID,
    callbackPort: await freePort(),
  };
  const authServer = createAuthServer({ ...config, now });
  return {
    server,
    folder,
    config,
    clock,
    deps: { store, profile: CODEX, now, authServer, config },
    async readStored(profile = CODEX) {
      const found = await store.read(profile);
      return found.status === 'found' ? found.credential : undefined;
    },
    fingerprint(file) {
      const path = join(folder, file);
      return { content: readFileSync(path, 'utf8'), mode: statSync(path).mode & 0o777 };
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}
