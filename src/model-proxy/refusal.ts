import type { ModelProvider } from '../core/models/model-ref.ts';

/** Why the host does not send a request on. */
export interface Refusal {
  readonly status: RefusalStatus;
  /** One sentence; the program in the container shows it. */
  readonly message: string;
}

export type RefusalStatus = 400 | 401 | 404 | 413 | 415 | 426 | 429 | 502 | 503;

const ANTHROPIC_TYPES: Readonly<Record<RefusalStatus, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  413: 'request_too_large',
  415: 'invalid_request_error',
  426: 'invalid_request_error',
  429: 'rate_limit_error',
  502: 'api_error',
  503: 'overloaded_error',
};

/** Codes that the Codex CLI and our own client know what to do with. */
const OPENAI_CODES: Readonly<Record<RefusalStatus, string>> = {
  400: 'invalid_request',
  401: 'invalid_api_key',
  404: 'not_found',
  413: 'string_above_max_length',
  415: 'invalid_request',
  426: 'invalid_request',
  429: 'insufficient_quota',
  502: 'server_error',
  503: 'server_error',
};

/** The refusal in the form in which the provider's API tells its errors. */
export function refusalBody(provider: ModelProvider, { status, message }: Refusal): string {
  if (provider === 'anthropic') {
    return JSON.stringify({ type: 'error', error: { type: ANTHROPIC_TYPES[status], message } });
  }
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return JSON.stringify({ error: { message, type, code: OPENAI_CODES[status], param: null } });
}
