import type { SecretName, Secrets } from '@deckhand/protocol';
import type { ModelProvider } from '../../core/models/model-ref.ts';
import { CREDENTIAL_VARIABLES } from '../../credentials/credential-places.ts';

/** The variable that is used instead of what is stored for a provider. */
export function environmentWinner(
  provider: ModelProvider,
  secrets: Secrets,
): SecretName | undefined {
  return CREDENTIAL_VARIABLES[provider].find((name) => secrets[name] !== undefined);
}
