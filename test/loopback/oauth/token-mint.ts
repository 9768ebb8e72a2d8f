import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Account } from './account.ts';

export interface MintedTokens {
  readonly idToken: string;
  readonly accessToken: string;
  /** Unix seconds. */
  readonly exp: number;
}

export interface TokenMintOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly lifetimeS: number;
}

/** Makes JWTs with the claims of the real server; no two are equal. Signed, though nobody checks it. */
export function createTokenMint({ issuer, clientId, now, lifetimeS }: TokenMintOptions) {
  const key = randomBytes(32);
  const sign = (claims: object): string => {
    const head = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${head}.${createHmac('sha256', key).update(head).digest('base64url')}`;
  };
  return (account: Account): MintedTokens => {
    const iat = Math.floor(now() / 1000);
    const exp = iat + lifetimeS;
    const claims = { iss: issuer, sub: 'user_loopback', iat, exp, ...accountClaims(account) };
    const mint = (aud: string) => sign({ ...claims, aud: [aud], jti: randomUUID() });
    return { idToken: mint(clientId), accessToken: mint('https://api.openai.com/v1'), exp };
  };
}

function accountClaims({ accountId, email, plan }: Account) {
  const auth = {
    chatgpt_account_id: accountId,
    chatgpt_plan_type: plan,
    // Without it the Codex CLI (0.169) does not go on with a token that replaces a refused one.
    chatgpt_user_id: 'user_loopback',
  };
  return { email, ...(accountId !== undefined && { 'https://api.openai.com/auth': auth }) };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
