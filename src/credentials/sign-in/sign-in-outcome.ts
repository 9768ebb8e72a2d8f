import type { SignIn } from '../stored-credential.ts';

/** Who has signed in: what may be shown, without any token. */
export type SignedIn = Pick<
  SignIn,
  'accountId' | 'email' | 'plan' | 'expiresAt' | 'signedInAt' | 'source'
>;

/** `reason` and `mend` are sentences for people; neither holds a secret. */
export interface SignInFailure {
  readonly status: 'failed';
  readonly reason: string;
  readonly mend: string;
}

/** How an attempt to sign in ended. Unless it is `ok`, what was stored before is there as it was. */
export type SignInOutcome =
  | { status: 'ok'; signedIn: SignedIn }
  | SignInFailure
  | { status: 'aborted' };

export function failed(reason: string, mend: string): SignInFailure {
  return { status: 'failed', reason, mend };
}

/** Runs a flow, whose abort is an expected end. */
export async function orAborted(
  signal: AbortSignal,
  flow: () => Promise<SignInOutcome>,
): Promise<SignInOutcome> {
  try {
    return await flow();
  } catch (error) {
    if (signal.aborted) return { status: 'aborted' };
    throw error;
  }
}
