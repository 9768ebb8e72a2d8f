import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { After } from '../../src/clock.ts';
import type { CredentialStore } from '../../src/credentials/credential-store.ts';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { createRefresher, type HostRefresher } from '../../src/credentials/host-refresher.ts';
import { createAuthServer } from '../../src/credentials/http-auth-server.ts';
import type { Access } from '../../src/credentials/refresher.ts';
import type { ProfileId, SignIn } from '../../src/credentials/stored-credential.ts';
import { createLogger } from '../../src/logger.ts';
import {
  CLIENT_ID,
  type OAuthServer,
  type OAuthServerOptions,
  startOAuthServer,
} from '../loopback/oauth/server.ts';
import type { IssuedTokens } from '../loopback/oauth/token-families.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const OWN: ProfileId = { name: 'openai-codex' };

const TIMEOUTS = { exchangeMs: 20_000, refreshMs: 20_000, revokeMs: 20_000 };

function toSignIn(issued: IssuedTokens, now: number): SignIn {
  return {
    v: 1,
    kind: 'sign_in',
    accessToken: issued.accessToken,
    refreshToken: issued.refreshToken,
    idToken: issued.idToken,
    accountId: 'acct_loopback',
    expiresAt: issued.exp * 1000,
    refreshedAt: now,
    signedInAt: now,
    source: 'browser',
  };
}

export interface RefresherOptions {
  readonly after?: After;
  readonly refreshMs?: number;
  readonly store?: CredentialStore;
}

/** An authorization server, a store in a folder of its own, and a clock that a test sets. */
export class SignInWorld {
  readonly server: OAuthServer;
  readonly home: string;
  readonly store: CredentialStore;
  readonly refreshed: { id: ProfileId; access: Access }[] = [];
  readonly broken: { id: ProfileId; code: string; signedInAt: number }[] = [];
  readonly #clock: { now: number };

  private constructor(server: OAuthServer, home: string, clock: { now: number }) {
    this.server = server;
    this.home = home;
    this.#clock = clock;
    this.store = createCredentialStore({ folder: this.folder });
  }

  static async open(
    options: Pick<OAuthServerOptions, 'accessTokenLifetimeS'> = {},
  ): Promise<SignInWorld> {
    const clock = { now: Date.UTC(2026, 10, 1) };
    const server = await startOAuthServer({ ...options, now: () => clock.now });
    const home = await mkdtemp(join(tmpdir(), 'deckhand-sign-in-'));
    return new SignInWorld(server, home, clock);
  }

  get folder(): string {
    return join(this.home, 'credentials');
  }

  get now(): number {
    return this.#clock.now;
  }

  pass(ms: number): void {
    this.#clock.now += ms;
  }

  /** Stores a sign-in of today. */
  async signIn(id: ProfileId = OWN): Promise<SignIn> {
    const signIn = toSignIn(this.server.issueSignIn(), this.now);
    await this.store.write(id, signIn);
    return signIn;
  }

  /** What the file holds; throws when it holds no sign-in. */
  async stored(id: ProfileId = OWN): Promise<SignIn> {
    const read = await this.store.read(id);
    if (read.status !== 'found' || read.credential.kind !== 'sign_in') {
      throw new Error(`there is no sign-in but ${JSON.stringify(read)}`);
    }
    return read.credential;
  }

  /** As one more process would have it: with a store of its own. */
  refresher(options: RefresherOptions = {}): HostRefresher {
    const { after, refreshMs = TIMEOUTS.refreshMs } = options;
    const now = () => this.now;
    return createRefresher({
      store: options.store ?? createCredentialStore({ folder: this.folder }),
      authServer: createAuthServer({
        authUrl: this.server.origin,
        clientId: CLIENT_ID,
        now,
        timeouts: { ...TIMEOUTS, refreshMs },
      }),
      now,
      ...(after && { after }),
      logger: createLogger('silent'),
      onRefreshed: (id, access) => void this.refreshed.push({ id, access }),
      onBroken: (id, broken) => void this.broken.push({ id, ...broken }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await rm(this.home, { recursive: true });
  }
}
