import { createHash, randomBytes } from 'node:crypto';
import type { Account } from './account.ts';
import { plainError } from './oauth-error.ts';

export interface CodeGrantTerms {
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly account: Account;
}

export interface Redemption {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

const LIFETIME_MS = 10 * 60_000;

/** Authorization codes: each can be redeemed once, by whoever knows the verifier of its challenge. */
export class CodeGrants {
  readonly #now: () => number;
  readonly #codes = new Map<string, { terms: CodeGrantTerms; issuedAt: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(terms: CodeGrantTerms): string {
    const code = `ac_${randomBytes(24).toString('base64url')}`;
    this.#codes.set(code, { terms, issuedAt: this.#now() });
    return code;
  }

  /** A failed try uses the code up as well. Throws an OAuthError. */
  redeem({ code, redirectUri, codeVerifier }: Redemption): Account {
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    if (!grant || this.#now() - grant.issuedAt > LIFETIME_MS)
      throw refuse('The code is not valid.');
    const { terms } = grant;
    if (redirectUri !== terms.redirectUri) throw refuse('redirect_uri is not the one of the code.');
    if (challengeOf(codeVerifier) !== terms.codeChallenge) {
      throw refuse('code_verifier does not fit the code_challenge.');
    }
    return terms.account;
  }
}

/** S256 of RFC 7636. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function refuse(description: string) {
  return plainError('invalid_grant', description);
}
