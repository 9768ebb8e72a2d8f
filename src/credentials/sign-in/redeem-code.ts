import type { AuthServer, CodeGrant } from '../auth-server.ts';
import type { SignIn } from '../stored-credential.ts';
import { type SaveSignInDeps, saveSignIn } from './save-sign-in.ts';
import { failed, type SignInOutcome } from './sign-in-outcome.ts';

export interface RedeemCodeDeps extends SaveSignInDeps {
  readonly authServer: Pick<AuthServer, 'exchange'>;
}

/** Exchanges an authorization code for tokens and stores them. Rejects when the signal aborts. */
export async function redeemCode(
  deps: RedeemCodeDeps,
  grant: CodeGrant,
  source: SignIn['source'],
  signal: AbortSignal,
): Promise<SignInOutcome> {
  const outcome = await deps.authServer.exchange(grant, signal);
  switch (outcome.status) {
    case 'ok':
      return saveSignIn(deps, outcome.tokens, source, signal);
    case 'rejected':
      return failed(
        `The sign-in server refused the code (${[outcome.code, outcome.message].filter(Boolean).join(': ')}).`,
        'A code is good once and for minutes only: sign in again.',
      );
    case 'unavailable':
      return failed(
        `The sign-in server could not be asked for the tokens: ${outcome.reason}.`,
        'Check the network and sign in again.',
      );
    default:
      return outcome satisfies never;
  }
}
