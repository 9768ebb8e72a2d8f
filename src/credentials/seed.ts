import type { Now } from '../clock.ts';
import type { IdentifiedTokens } from '../core/access-only-auth.ts';
import type { Logger } from '../logger.ts';
import type { HostPaths } from '../paths.ts';
import type { Tokens } from './auth-server.ts';
import type { CredentialStore } from './credential-store.ts';
import { groupAuthPlaces, readGroupAuthFile } from './group-auth-file.ts';
import { readCodexTokens } from './sign-in/codex-tokens.ts';
import { saveSignIn } from './sign-in/save-sign-in.ts';
import type { ProfileId } from './stored-credential.ts';

/** Longer than a refresh of the profile that may be going on. */
const LOCK_TIMEOUT_MS = 60_000;

export interface SeedDeps {
  readonly store: Pick<CredentialStore, 'read' | 'write' | 'withLock'>;
  readonly now: Now;
  readonly logger: Logger;
  readonly paths: Pick<HostPaths, 'codexHome'>;
  /** What the group has instead of the seed. */
  readonly replace: (path: string, access: IdentifiedTokens) => Promise<void>;
}

/**
 * Moves a sign-in with a refresh token out of the `auth.json` of a group. It is stored before it is taken away: a crash in
 * between leaves both, and the next run replaces the file.
 */
export async function adoptSeed(deps: SeedDeps, folder: string): Promise<boolean> {
  const seed = await findSeed(deps, folder);
  if (seed === undefined) return false;
  const { path, tokens } = seed;
  const profile: ProfileId = { name: 'openai-codex', folder };
  const signal = AbortSignal.timeout(LOCK_TIMEOUT_MS);
  const saved = await saveSignIn({ ...deps, profile }, tokens, 'import', signal);
  if (saved.status !== 'ok') {
    deps.logger.warn({ folder, status: saved.status }, 'a sign-in in a home is not usable');
    return false;
  }
  const { accountId } = saved.signedIn;
  const { accessToken, idToken } = tokens;
  await deps.replace(path, { accessToken, idToken, accountId });
  deps.logger.info({ folder }, 'a sign-in was taken over from the home of a group');
  return true;
}

/** A sign-in in the home of a group that may become its own. Undefined when there is none. */
export async function findSeed(
  { store, paths }: { store: Pick<CredentialStore, 'read'>; paths: SeedDeps['paths'] },
  folder: string,
): Promise<{ path: string; tokens: Tokens } | undefined> {
  for (const path of groupAuthPlaces(paths, folder)) {
    const content = await readGroupAuthFile(path);
    if (content === undefined) continue;
    const read = readCodexTokens(content);
    if (read.status !== 'ok') continue;
    if (await hasSignIn(store, { name: 'openai-codex', folder })) return undefined;
    return { path, tokens: read.tokens };
  }
  return undefined;
}

/** An agent must not get rid of a sign-in by writing a file; one that is over it may replace. */
async function hasSignIn(
  store: Pick<CredentialStore, 'read'>,
  profile: ProfileId,
): Promise<boolean> {
  const stored = await store.read(profile);
  if (stored.status !== 'found') return stored.status === 'unusable';
  return !(stored.credential.kind === 'sign_in' && stored.credential.broken);
}
