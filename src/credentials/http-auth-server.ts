import { z } from 'zod';
import type { Now } from '../clock.ts';
import { readJwtExpiry, secondsSchema } from '../core/jwt-claims.ts';
import type { AuthServer, CodeGrant, TokenOutcome } from './auth-server.ts';
import { type EndpointAnswer, postToEndpoint } from './token-endpoint.ts';

/** How long each request may take, milliseconds. */
export interface AuthServerTimeouts {
  readonly exchangeMs: number;
  readonly refreshMs: number;
  readonly revokeMs: number;
}

/**
 * The server answers within a second. A refresh that is given up may still have used its token up, so it is given
 * far longer than a slow network needs; runs wait behind it, so it is not given minutes.
 */
const TIMEOUTS: AuthServerTimeouts = { exchangeMs: 30_000, refreshMs: 30_000, revokeMs: 10_000 };

/** When neither the answer nor the token says it: short, so that the next refresh finds out. */
const UNKNOWN_LIFETIME_MS = 60 * 60_000;

const tokenSchema = z.string().min(1);

/** The old refresh token is used up: nothing but a missing access token may lose the new one. */
const tokensSchema = z.looseObject({
  access_token: tokenSchema,
  refresh_token: tokenSchema.optional().catch(undefined),
  // Codex takes the access token in its place as well
  id_token: tokenSchema.optional().catch(undefined),
  // In milliseconds.
  expires_in: secondsSchema.optional().catch(undefined),
});

export interface HttpAuthServerDeps {
  /** Origin of the authorization server, without a slash at its end. */
  readonly authUrl: string;
  readonly clientId: string;
  readonly now: Now;
  readonly timeouts?: AuthServerTimeouts;
}

/** The token endpoints over HTTP. The formats are those of Codex CLI 0.169. */
export function createAuthServer(deps: HttpAuthServerDeps): AuthServer {
  const { authUrl, clientId, now, timeouts = TIMEOUTS } = deps;
  const tokenUrl = `${authUrl}/oauth/token`;
  return {
    async exchange(grant, signal) {
      const form = exchangeForm(clientId, grant);
      const answer = await postToEndpoint(tokenUrl, form, timeouts.exchangeMs, signal);
      return toOutcome(answer, now());
    },
    async refresh(refreshToken) {
      const body = {
        client_id: clientId,
        grant_type: 'refresh_token',
        refresh_reason: 'proactive_expiry',
        refresh_token: refreshToken,
      };
      const answer = await postToEndpoint(tokenUrl, body, timeouts.refreshMs);
      return toOutcome(answer, now(), refreshToken);
    },
    async revoke(refreshToken) {
      const body = { token: refreshToken, token_type_hint: 'refresh_token', client_id: clientId };
      const answer = await postToEndpoint(`${authUrl}/oauth/revoke`, body, timeouts.revokeMs);
      return answer.status === 'ok';
    },
  };
}

function exchangeForm(clientId: string, grant: CodeGrant): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    code: grant.code,
    redirect_uri: grant.redirectUri,
    code_verifier: grant.codeVerifier,
  });
}

/** An answer without a new refresh token leaves the old one in use. */
function toOutcome(answer: EndpointAnswer, now: number, oldRefreshToken?: string): TokenOutcome {
  if (answer.status !== 'ok') return answer;
  const parsed = tokensSchema.safeParse(answer.body);
  if (!parsed.success) return lacking('access_token');
  const { access_token: accessToken, id_token: idToken = accessToken, expires_in } = parsed.data;
  const refreshToken = parsed.data.refresh_token ?? oldRefreshToken;
  if (refreshToken === undefined) return lacking('refresh_token');
  const expiresAt =
    expires_in === undefined
      ? (readJwtExpiry(accessToken) ?? now + UNKNOWN_LIFETIME_MS)
      : now + expires_in;
  return { status: 'ok', tokens: { idToken, accessToken, refreshToken, expiresAt } };
}

function lacking(field: string): TokenOutcome {
  return { status: 'unavailable', reason: `its answer lacks ${field}` };
}
