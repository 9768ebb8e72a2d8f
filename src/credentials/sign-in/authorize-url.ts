import type { SignInConfig } from '../../config.ts';

/** How the authorization server's records name this program. */
const ORIGINATOR = 'deckhand';
const SCOPE = 'openid profile email offline_access';

export interface AuthorizeRequest {
  readonly state: string;
  /** PKCE, method S256. */
  readonly challenge: string;
}

/** Where the browser comes back to. The real server knows the client with this host name and path only. */
export function redirectUri({ callbackPort }: Pick<SignInConfig, 'callbackPort'>): string {
  return `http://localhost:${callbackPort}/auth/callback`;
}

/** The page on which a person signs in; parameters as Codex CLI 0.169 sends them, but for the originator. */
export function authorizeUrl(config: SignInConfig, { state, challenge }: AuthorizeRequest): string {
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: redirectUri(config),
    scope: SCOPE,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    id_token_add_organizations: 'true',
    codex_cli_simplified_flow: 'true',
    originator: ORIGINATOR,
    state,
  });
  return `${config.authUrl}/oauth/authorize?${parameters.toString()}`;
}
