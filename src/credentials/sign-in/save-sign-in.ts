import type { Now } from '../../clock.ts';
import type { JwtClaims } from '../../core/jwt-claims.ts';
import { readAccount } from '../account-claims.ts';
import type { Tokens } from '../auth-server.ts';
import type { CredentialStore } from '../credential-store.ts';
import type { ProfileId, SignIn } from '../stored-credential.ts';
import { failed, type SignedIn, type SignInOutcome } from './sign-in-outcome.ts';

export interface SaveSignInDeps {
  readonly store: Pick<CredentialStore, 'write' | 'withLock'>;
  /** The profile that is replaced, whatever it held. */
  readonly profile: ProfileId;
  readonly now: Now;
}

/**
 * Stores what an authorization server gave out as the profile's sign-in. Waits for a refresh of the old one that is
 * going on. Rejects only when the signal aborts before the write has begun, or the disk refuses it.
 */
export async function saveSignIn(
  deps: SaveSignInDeps,
  tokens: Tokens,
  source: SignIn['source'],
  signal: AbortSignal,
): Promise<SignInOutcome> {
  const account = readAccount(tokens);
  if (account.status === 'malformed') {
    return failed(
      `The token that was given out ${account.reason}.`,
      'Sign in again with an account that has ChatGPT.',
    );
  }
  const signIn = toSignIn(tokens, account.claims, source, deps.now());
  await deps.store.withLock(deps.profile, signal, () => deps.store.write(deps.profile, signIn));
  return { status: 'ok', signedIn: withoutTokens(signIn) };
}

function toSignIn(
  { accessToken, refreshToken, idToken, expiresAt }: Tokens,
  { accountId, email, plan }: JwtClaims,
  source: SignIn['source'],
  now: number,
): SignIn {
  return {
    v: 1,
    kind: 'sign_in',
    accessToken,
    refreshToken,
    idToken,
    accountId,
    ...(email === undefined ? {} : { email }),
    ...(plan === undefined ? {} : { plan }),
    expiresAt,
    refreshedAt: now,
    signedInAt: now,
    source,
  };
}

function withoutTokens(signIn: SignIn): SignedIn {
  const { accountId, email, plan, expiresAt, signedInAt, source } = signIn;
  return {
    accountId,
    ...(email === undefined ? {} : { email }),
    ...(plan === undefined ? {} : { plan }),
    expiresAt,
    signedInAt,
    source,
  };
}
