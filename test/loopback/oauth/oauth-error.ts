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

/** As the real server refuses a refresh for good, with `refresh_token_reused`, `_expired` or `_invalidated`. */
export function refreshError(code: string): OAuthError {
  const message = `Your refresh token cannot be used: ${code}.`;
  return new OAuthError(401, { error: { message, type: 'invalid_request_error', code } });
}

/** The form of RFC 6749, section 5.2. */
export function plainError(error: string, description: string, status = 400): OAuthError {
  return new OAuthError(status, { error, error_description: description });
}
