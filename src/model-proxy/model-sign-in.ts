import type { UsableCredential } from '../core/credential.ts';
import type { ModelProvider } from '../core/models/model-ref.ts';
import type { PlainHeaders } from './headers.ts';

/** Tells the Messages API that the bearer token is one of a subscription. */
const OAUTH_BETA = 'oauth-2025-04-20';
const ANTHROPIC_VERSION = '2023-06-01';

/** How one request proves itself. */
export interface Signature {
  /** What must be seen nowhere but in the request. */
  readonly secret: string;
  /** The headers of the container's request with those that the credential asks for. */
  sign(headers: PlainHeaders): PlainHeaders;
}

/** Signs the requests of one attempt, and has a credential that was refused renewed. */
export class ModelSignIn {
  readonly #provider: ModelProvider;
  readonly #credential: UsableCredential;
  #renewal: Promise<boolean> | undefined;
  /** It was renewed for this attempt, or cannot be. */
  #hasRenewed = false;

  constructor(provider: ModelProvider, credential: UsableCredential) {
    this.#provider = provider;
    this.#credential = credential;
  }

  /** Undefined when there is no credential now. */
  async signature(): Promise<Signature | undefined> {
    const { secrets, signIn } = this.#credential;
    switch (this.#provider) {
      case 'anthropic':
        return signAnthropic(secrets.ANTHROPIC_API_KEY, secrets.CLAUDE_CODE_OAUTH_TOKEN);
      case 'openai':
        return secrets.OPENAI_API_KEY === undefined
          ? undefined
          : signBearer(secrets.OPENAI_API_KEY);
      case 'openai-codex': {
        const tokens = await signIn?.();
        return tokens && signBearer(tokens.accessToken, { 'chatgpt-account-id': tokens.accountId });
      }
      default:
        return this.#provider satisfies never;
    }
  }

  /**
   * Whether there is another credential than the one that the model has refused. It is renewed once for an attempt,
   * however many ask: an agent must not have the authorization server asked for as long as it likes.
   */
  async renew(refused: Signature): Promise<boolean> {
    const present = await this.signature();
    if (present !== undefined && present.secret !== refused.secret) return true;
    if (this.#hasRenewed) return false;
    this.#renewal ??= this.#askOnce(refused.secret);
    return await this.#renewal;
  }

  async #askOnce(refused: string): Promise<boolean> {
    try {
      const outcome = await this.#credential.onRefused(refused);
      this.#hasRenewed = outcome !== 'unavailable';
      return outcome === 'renewed';
    } finally {
      this.#renewal = undefined;
    }
  }
}

function signBearer(token: string, more: PlainHeaders = {}): Signature {
  return {
    secret: token,
    sign: (headers) => ({ ...headers, authorization: `Bearer ${token}`, ...more }),
  };
}

function signAnthropic(key: string | undefined, token: string | undefined): Signature | undefined {
  if (key !== undefined) {
    return { secret: key, sign: (headers) => ({ ...withBeta(headers, false), 'x-api-key': key }) };
  }
  if (token === undefined) return undefined;
  const bearer = signBearer(token);
  return { secret: token, sign: (headers) => bearer.sign(withBeta(headers, true)) };
}

/** What the credential needs takes the place of what the container believes of it. */
function withBeta(headers: PlainHeaders, isOauth: boolean): PlainHeaders {
  const { 'anthropic-beta': named = '', ...rest } = headers;
  const others = named.split(',').map((beta) => beta.trim());
  const betas = [
    ...others.filter((beta) => beta !== '' && beta !== OAUTH_BETA),
    ...(isOauth ? [OAUTH_BETA] : []),
  ];
  return {
    'anthropic-version': ANTHROPIC_VERSION,
    ...rest,
    ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
  };
}
