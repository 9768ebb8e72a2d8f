import type { CodexAuthMethod, Secrets } from '@deckhand/protocol';
import type { IdentifiedTokens } from './access-only-auth.ts';
import type { ModelProvider } from './models/model-ref.ts';

/**
 * What the host does when the model has refused a credential:
 * - `renewed`: there is a new one, the same model may be asked again
 * - `over`: there is none now. Only a person can help, who has been told
 * - `unavailable`: the authorization server cannot be used at the moment
 */
export type RefusalOutcome = 'renewed' | 'over' | 'unavailable';

/** What a run is given to authenticate with. */
export interface UsableCredential {
  readonly ok: true;
  readonly secrets: Secrets;
  readonly codexAuth?: CodexAuthMethod;
  /** Present for a ChatGPT sign-in: its access token, as it is now. Undefined when it is over or cannot be renewed. */
  readonly signIn?: () => Promise<IdentifiedTokens | undefined>;
  /** `refused`: the token of a sign-in that was, where it may be another than at the beginning. */
  readonly onRefused: (refused?: string) => Promise<RefusalOutcome>;
}

/** Why a run cannot start with a provider of models. */
export interface CredentialProblem {
  readonly ok: false;
  /** `unavailable`: there is one, which cannot be renewed at the moment. */
  readonly reason: 'missing' | 'broken' | 'unavailable';
  /** One sentence for the chat, with the command that mends it. */
  readonly notice: string;
  /** For the log. */
  readonly detail: string;
}

export type Credential = UsableCredential | CredentialProblem;

const NAMES: Readonly<Record<ModelProvider, string>> = {
  anthropic: 'Claude',
  openai: 'OpenAI',
  'openai-codex': 'ChatGPT',
};

const MENDS: Readonly<Record<ModelProvider, string>> = {
  anthropic: 'run `deckhand login claude` or set ANTHROPIC_API_KEY in .env',
  openai: 'run `deckhand login codex --api-key` or set OPENAI_API_KEY in .env',
  'openai-codex': 'run `deckhand login codex`, or set OPENAI_API_KEY in .env',
};

export function missingCredential(provider: ModelProvider, detail: string): CredentialProblem {
  return {
    ok: false,
    reason: 'missing',
    notice: `I cannot answer because there is no sign-in for ${NAMES[provider]} yet: whoever runs me can ${MENDS[provider]}, and \`deckhand doctor\` shows how.`,
    detail,
  };
}

export function brokenCredential(provider: ModelProvider, detail: string): CredentialProblem {
  return {
    ok: false,
    reason: 'broken',
    notice: `I cannot answer because the sign-in for ${NAMES[provider]} is over: whoever runs me can ${MENDS[provider]}, and \`deckhand doctor\` shows how.`,
    detail,
  };
}

export function unavailableCredential(provider: ModelProvider, detail: string): CredentialProblem {
  return {
    ok: false,
    reason: 'unavailable',
    notice: `I could not answer because the sign-in for ${NAMES[provider]} cannot be renewed at the moment; please ask me again in a few minutes.`,
    detail,
  };
}
