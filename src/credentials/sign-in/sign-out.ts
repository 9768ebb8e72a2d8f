import type { AuthServer } from '../auth-server.ts';
import type { CredentialStore, ReadCredential } from '../credential-store.ts';
import type { ProfileId } from '../stored-credential.ts';

export interface SignOutDeps {
  readonly store: Pick<CredentialStore, 'read' | 'remove' | 'withLock'>;
  readonly authServer: Pick<AuthServer, 'revoke'>;
}

/**
 * `none`: there was nothing to revoke, as with a key. `not_asked`: the file could not be used, so that a sign-in that
 * was in it goes on at the server.
 */
type Revocation = 'done' | 'failed' | 'not_asked' | 'none';

export type SignOutOutcome = { status: 'absent' } | { status: 'removed'; revocation: Revocation };

/**
 * Revokes a profile's sign-in as far as the authorization server can be reached, and deletes it in any case. Waits
 * for a refresh that is going on. Rejects when the signal aborts before that.
 */
export function signOut(
  { store, authServer }: SignOutDeps,
  profile: ProfileId,
  signal: AbortSignal,
): Promise<SignOutOutcome> {
  return store.withLock(profile, signal, async () => {
    const found = await store.read(profile);
    if (found.status === 'absent') return { status: 'absent' };
    const revocation = await revoke(authServer, profile, found);
    await store.remove(profile);
    return { status: 'removed', revocation };
  });
}

async function revoke(
  authServer: SignOutDeps['authServer'],
  { name }: ProfileId,
  found: Exclude<ReadCredential, { status: 'absent' }>,
): Promise<Revocation> {
  if (found.status === 'unusable') return name === 'openai-codex' ? 'not_asked' : 'none';
  if (found.credential.kind !== 'sign_in') return 'none';
  return (await authServer.revoke(found.credential.refreshToken)) ? 'done' : 'failed';
}
