import { type JwtOutcome, readJwtClaims } from '../core/jwt-claims.ts';
import type { Tokens } from './auth-server.ts';

/** Requests are made with the access token, so that its account counts; the id token knows the person better. */
export function readAccount({
  accessToken,
  idToken,
}: Pick<Tokens, 'accessToken' | 'idToken'>): JwtOutcome {
  const access = readJwtClaims(accessToken);
  const id = readJwtClaims(idToken);
  if (access.status === 'malformed') return id.status === 'ok' ? id : access;
  if (id.status === 'malformed') return access;
  return { status: 'ok', claims: { ...id.claims, ...access.claims } };
}
