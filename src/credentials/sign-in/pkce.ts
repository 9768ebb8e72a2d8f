import { createHash, randomBytes } from 'node:crypto';

/** Proof Key for Code Exchange (RFC 7636), method S256. */
export interface Pkce {
  /** Stays here until the code is exchanged. */
  readonly verifier: string;
  /** Goes through the browser. */
  readonly challenge: string;
}

export function createPkce(): Pkce {
  const verifier = randomText();
  return { verifier, challenge: challengeOf(verifier) };
}

/** Ties the browser's answer to the request that it belongs to. */
export function createState(): string {
  return randomText();
}

export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** 43 characters of base64url: the shortest verifier that RFC 7636 allows. */
function randomText(): string {
  return randomBytes(32).toString('base64url');
}
