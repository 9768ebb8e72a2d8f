import { loginCommand } from './login-command.ts';
import type { ProfileId } from './stored-credential.ts';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['refresh_token_reused', 'a copy of it was used elsewhere'],
  ['refresh_token_expired', 'it was not used for too long'],
  ['refresh_token_invalidated', 'it was ended by the account or by signing out'],
]);

/** Why a sign-in is over and what a person does about it. `code` as the authorization server says it. */
export function describeBrokenSignIn(
  id: ProfileId,
  code: string,
): { reason: string; mend: string } {
  const why = REASONS.get(code);
  return {
    reason: `the ChatGPT sign-in is over: ${why ? `${why} (${code})` : code}`,
    mend: `sign in again with ${loginCommand(id)}`,
  };
}
