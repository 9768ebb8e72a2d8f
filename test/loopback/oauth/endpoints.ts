import type { Account } from './account.ts';
import type { CodeGrants } from './code-grants.ts';
import type { Consents } from './consent.ts';
import type { DeviceGrants } from './device-grants.ts';
import { OAuthError, plainError } from './oauth-error.ts';
import { type OAuthRequest, requireField } from './oauth-request.ts';
import { consentPage, devicePage, messagePage } from './pages.ts';
import type { IssuedTokens, TokenFamilies } from './token-families.ts';

export interface EndpointParts {
  readonly clientId: string;
  readonly lifetimeS: number;
  readonly pollIntervalS: number;
  readonly isDeviceEnabled: boolean;
  readonly account: Account;
  readonly families: TokenFamilies;
  readonly codes: CodeGrants;
  readonly devices: DeviceGrants;
  readonly consents: Consents;
}

export type Reply =
  | { readonly kind: 'json'; readonly body: unknown }
  | { readonly kind: 'page'; readonly status: number; readonly page: string }
  | { readonly kind: 'redirect'; readonly location: string };

type Endpoint = (parts: EndpointParts, request: OAuthRequest) => Reply;

/** By method and path. An endpoint throws an OAuthError for what it refuses. */
export const endpoints: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['GET /oauth/authorize', authorize],
  ['POST /oauth/consent', consent],
  ['POST /oauth/token', token],
  ['POST /oauth/revoke', revoke],
  ['POST /api/accounts/deviceauth/usercode', beginDevice],
  ['POST /api/accounts/deviceauth/token', pollDevice],
  ['GET /codex/device', () => ({ kind: 'page', status: 200, page: devicePage() })],
  ['POST /codex/device', decideDevice],
]);

function authorize({ consents }: EndpointParts, { query }: OAuthRequest): Reply {
  const begun = consents.begin(query);
  if ('problem' in begun) return { kind: 'page', status: 400, page: messagePage(begun.problem) };
  return { kind: 'page', status: 200, page: consentPage(begun.id) };
}

function consent({ consents, account }: EndpointParts, { body }: OAuthRequest): Reply {
  const location = consents.decide(body['request'] ?? '', body['decision'] === 'allow', account);
  if (location) return { kind: 'redirect', location };
  return { kind: 'page', status: 400, page: messagePage('This request is over.') };
}

function token(parts: EndpointParts, request: OAuthRequest): Reply {
  requireClient(parts, request);
  switch (requireField(request, 'grant_type')) {
    case 'authorization_code':
      return tokenReply(exchange(parts, request), parts.lifetimeS);
    case 'refresh_token':
      return tokenReply(
        parts.families.refresh(requireField(request, 'refresh_token')),
        parts.lifetimeS,
      );
    default:
      throw plainError('unsupported_grant_type', 'There is no such grant.');
  }
}

function exchange({ codes, families }: EndpointParts, request: OAuthRequest): IssuedTokens {
  if (request.format !== 'form') throw plainError('invalid_request', 'A code comes in a form.');
  const account = codes.redeem({
    code: requireField(request, 'code'),
    redirectUri: requireField(request, 'redirect_uri'),
    codeVerifier: requireField(request, 'code_verifier'),
  });
  return families.open(account);
}

function tokenReply(issued: IssuedTokens, lifetimeS: number): Reply {
  const body = {
    id_token: issued.idToken,
    access_token: issued.accessToken,
    refresh_token: issued.refreshToken,
    token_type: 'Bearer',
    expires_in: lifetimeS,
  };
  return { kind: 'json', body };
}

function revoke(parts: EndpointParts, request: OAuthRequest): Reply {
  requireClient(parts, request);
  parts.families.revoke(requireField(request, 'token'));
  return { kind: 'json', body: {} };
}

function beginDevice(parts: EndpointParts, request: OAuthRequest): Reply {
  requireClient(parts, request);
  if (!parts.isDeviceEnabled) throw new OAuthError(404, { error: { message: 'Not enabled.' } });
  const { deviceAuthId, userCode } = parts.devices.begin();
  const interval = String(parts.pollIntervalS);
  return { kind: 'json', body: { device_auth_id: deviceAuthId, user_code: userCode, interval } };
}

function pollDevice({ devices }: EndpointParts, request: OAuthRequest): Reply {
  const id = requireField(request, 'device_auth_id');
  const { code, codeChallenge, codeVerifier } = devices.poll(
    id,
    requireField(request, 'user_code'),
  );
  const body = {
    authorization_code: code,
    code_challenge: codeChallenge,
    code_verifier: codeVerifier,
  };
  return { kind: 'json', body };
}

function decideDevice({ devices, account }: EndpointParts, { body }: OAuthRequest): Reply {
  const decision = body['decision'] === 'allow' ? account : 'denied';
  if (!devices.decide(body['user_code'] ?? '', decision)) {
    return { kind: 'page', status: 400, page: messagePage('There is no such code.') };
  }
  return { kind: 'page', status: 200, page: messagePage('You can go back to the device.') };
}

function requireClient({ clientId }: EndpointParts, request: OAuthRequest): void {
  if (requireField(request, 'client_id') === clientId) return;
  throw plainError('invalid_client', 'client_id is not known.', 401);
}
