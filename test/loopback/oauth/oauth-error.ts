/** Errors of a refresh that are for good, as the real server names them. */
export type RefreshErrorCode =
  | 'refresh_token_reused'
  | 'refresh_token_expired'
  | 'refresh_token_invalidated';

/** What an endpoint answers instead of a result. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

export function refreshError(code: string): OAuthError {
  const message = `Your refresh token cannot be used: ${code}.`;
  return new OAuthError(401, { error: { message, type: 'invalid_request_error', code } });
}

/** The form of RFC 6749, section 5.2. */
export function plainError(error: string, description: string, status = 400): OAuthError {
  return new OAuthError(status, { error, error_description: description });
}
