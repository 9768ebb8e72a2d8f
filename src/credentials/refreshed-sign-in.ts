import { readAccount } from './account-claims.ts';
import type { Tokens } from './auth-server.ts';
import type { SignIn } from './stored-credential.ts';

/** The sign-in with its next tokens. What they do not tell about the account stays as it was. */
export function refreshSignIn(signIn: SignIn, tokens: Tokens, now: number): SignIn {
  const { broken: _, ...kept } = signIn;
  const read = readAccount(tokens);
  const claims = read.status === 'ok' ? read.claims : undefined;
  return {
    ...kept,
    ...tokens,
    ...(claims && { accountId: claims.accountId }),
    ...(claims?.email !== undefined && { email: claims.email }),
    ...(claims?.plan !== undefined && { plan: claims.plan }),
    refreshedAt: now,
  };
}
