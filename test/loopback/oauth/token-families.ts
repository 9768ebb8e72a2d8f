import { randomBytes } from 'node:crypto';
import type { Account } from './account.ts';
import { refreshError } from './oauth-error.ts';
import type { MintedTokens } from './token-mint.ts';

interface Family {
  readonly account: Account;
  isDead: boolean;
}

interface RefreshToken {
  readonly family: Family;
  readonly issuedAt: number;
  isUsed: boolean;
}

interface AccessToken {
  readonly family: Family;
  readonly exp: number;
  isRefused: boolean;
}

export interface IssuedTokens extends MintedTokens {
  readonly refreshToken: string;
}

export interface TokenFamiliesDeps {
  readonly mint: (account: Account) => MintedTokens;
  readonly now: () => number;
  /** Infinity unless refresh tokens shall expire too. */
  readonly refreshLifetimeS: number;
}

/**
 * All tokens that came out of one sign-in are a family. A refresh token can be used once; a second use is taken
 * for theft and ends the whole family, its access tokens too.
 */
export class TokenFamilies {
  readonly #deps: TokenFamiliesDeps;
  readonly #refreshTokens = new Map<string, RefreshToken>();
  readonly #accessTokens = new Map<string, AccessToken>();
  readonly #families = new Set<Family>();
  #refreshes = 0;
  #reuses = 0;

  constructor(deps: TokenFamiliesDeps) {
    this.#deps = deps;
  }

  get counts() {
    const families = [...this.#families];
    return {
      families: families.length,
      deadFamilies: families.filter((family) => family.isDead).length,
      refreshes: this.#refreshes,
      reuses: this.#reuses,
    };
  }

  open(account: Account): IssuedTokens {
    const family: Family = { account, isDead: false };
    this.#families.add(family);
    return this.#issue(family);
  }

  /** Throws an OAuthError when the token is not good for one more refresh. */
  refresh(token: string): IssuedTokens {
    const known = this.#refreshTokens.get(token);
    if (known?.isUsed) {
      this.#reuses += 1;
      known.family.isDead = true;
      throw refreshError('refresh_token_reused');
    }
    if (!known || known.family.isDead) throw refreshError('refresh_token_invalidated');
    const ageS = (this.#deps.now() - known.issuedAt) / 1000;
    if (ageS >= this.#deps.refreshLifetimeS) throw refreshError('refresh_token_expired');
    known.isUsed = true;
    this.#refreshes += 1;
    return this.#issue(known.family);
  }

  /** Ends the family of a token of either kind; nothing for one that is not known. */
  revoke(token: string): void {
    const known = this.#refreshTokens.get(token) ?? this.#accessTokens.get(token);
    if (known) known.family.isDead = true;
  }

  isLive(accessToken: string): boolean {
    const known = this.#accessTokens.get(accessToken);
    if (!known || known.isRefused || known.family.isDead) return false;
    return known.exp * 1000 > this.#deps.now();
  }

  /** Refuses all access tokens given out so far, whatever they say of themselves. */
  refuseAccessTokens(): void {
    for (const token of this.#accessTokens.values()) token.isRefused = true;
  }

  #issue(family: Family): IssuedTokens {
    const minted = this.#deps.mint(family.account);
    const refreshToken = `rt_${randomBytes(24).toString('base64url')}`;
    this.#refreshTokens.set(refreshToken, { family, issuedAt: this.#deps.now(), isUsed: false });
    this.#accessTokens.set(minted.accessToken, { family, exp: minted.exp, isRefused: false });
    return { ...minted, refreshToken };
  }
}
