import type { AuthServer } from '../auth-server.ts';
import type { CredentialStore } from '../credential-store.ts';
import type { ProfileId } from '../stored-credential.ts';

export interface SignOutDeps {
  readonly store: Pick<CredentialStore, 'read' | 'remove' | 'withLock'>;
  readonly authServer: Pick<AuthServer, 'revoke'>;
}

export type SignOutOutcome =
  | { status: 'absent' }
  /** `none`: there was nothing to revoke, as with a key. */
  | { status: 'removed'; revocation: 'done' | 'failed' | 'none' };

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
    const refreshToken =
      found.status === 'found' && found.credential.kind === 'sign_in'
        ? found.credential.refreshToken
        : undefined;
    const isRevoked = refreshToken !== undefined && (await authServer.revoke(refreshToken));
    await store.remove(profile);
    if (refreshToken === undefined) return { status: 'removed', revocation: 'none' };
    return { status: 'removed', revocation: isRevoked ? 'done' : 'failed' };
  });
}
