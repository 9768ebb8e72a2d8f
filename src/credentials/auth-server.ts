/** What the authorization server gives out. Times in unix milliseconds. */
export interface Tokens {
  readonly idToken: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
}

export type TokenOutcome =
  | { status: 'ok'; tokens: Tokens }
  /** For good: asking again with the same code or token changes nothing. `code` as the server says it. */
  | { status: 'rejected'; code: string; message: string }
  /** A later try may work: the network, 5xx, or an answer that is not the server's. */
  | { status: 'unavailable'; reason: string };

export interface CodeGrant {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/** The token endpoints of the authorization server. Nothing here rejects but for an aborted signal. */
export interface AuthServer {
  exchange(grant: CodeGrant, signal: AbortSignal): Promise<TokenOutcome>;
  /** Takes no signal: once started it must not be cancelled, the token may be used up already. */
  refresh(refreshToken: string): Promise<TokenOutcome>;
  /** Best effort, ten seconds at most. False when the server did not confirm. */
  revoke(refreshToken: string): Promise<boolean>;
}
