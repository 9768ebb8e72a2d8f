import { randomBytes, randomInt } from 'node:crypto';
import type { Account } from './account.ts';
import { type CodeGrants, challengeOf } from './code-grants.ts';
import { plainError } from './oauth-error.ts';

interface DeviceGrant {
  readonly deviceAuthId: string;
  readonly userCode: string;
  readonly issuedAt: number;
  decision: 'pending' | 'denied' | Account;
}

const LIFETIME_MS = 15 * 60_000;
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

/**
 * Sign-ins by a code that a person types elsewhere. The server makes challenge and verifier itself and gives both
 * away with the authorization code. How the real server answers a denied or an old code is not known; here it is
 * 400 with the names of RFC 8628.
 */
export class DeviceGrants {
  readonly #codes: CodeGrants;
  readonly #redirectUri: string;
  readonly #now: () => number;
  readonly #grants = new Map<string, DeviceGrant>();

  constructor(codes: CodeGrants, redirectUri: string, now: () => number) {
    this.#codes = codes;
    this.#redirectUri = redirectUri;
    this.#now = now;
  }

  begin(): { deviceAuthId: string; userCode: string } {
    const deviceAuthId = `deviceauth_${randomBytes(16).toString('hex')}`;
    const userCode = `${letters(4)}-${letters(5)}`;
    const issuedAt = this.#now();
    this.#grants.set(userCode, { deviceAuthId, userCode, issuedAt, decision: 'pending' });
    return { deviceAuthId, userCode };
  }

  /** The person's decision. False when there is no such code. */
  decide(userCode: string, decision: 'denied' | Account): boolean {
    const grant = this.#grants.get(userCode.trim().toUpperCase());
    if (!grant) return false;
    grant.decision = decision;
    return true;
  }

  /** One poll. Throws an OAuthError: 403 while nobody has decided. */
  poll(deviceAuthId: string, userCode: string) {
    const grant = this.#grants.get(userCode);
    if (grant?.deviceAuthId !== deviceAuthId) throw plainError('not_found', 'No such code.', 404);
    if (this.#now() - grant.issuedAt > LIFETIME_MS) throw plainError('expired_token', 'Too late.');
    if (grant.decision === 'denied') throw plainError('access_denied', 'The person said no.');
    if (grant.decision === 'pending') throw plainError('authorization_pending', 'Not yet.', 403);
    this.#grants.delete(userCode);
    return this.#complete(grant.decision);
  }

  #complete(account: Account) {
    const codeVerifier = randomBytes(32).toString('base64url');
    const codeChallenge = challengeOf(codeVerifier);
    const code = this.#codes.issue({ redirectUri: this.#redirectUri, codeChallenge, account });
    return { code, codeChallenge, codeVerifier };
  }
}

function letters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
