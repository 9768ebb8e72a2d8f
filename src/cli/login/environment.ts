import type { SecretName, Secrets } from '@deckhand/protocol';
import type { ModelProvider } from '../../core/models/model-ref.ts';

/** Variables that win over a stored credential, the strongest first. */
const VARIABLES: Readonly<Record<ModelProvider, readonly SecretName[]>> = {
  anthropic: ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN'],
  openai: ['OPENAI_API_KEY'],
  'openai-codex': [],
};

/** The variable that is used instead of what is stored for a provider. */
export function environmentWinner(
  provider: ModelProvider,
  secrets: Secrets,
): SecretName | undefined {
  return VARIABLES[provider].find((name) => secrets[name] !== undefined);
}
