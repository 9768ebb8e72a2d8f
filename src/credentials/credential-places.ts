import type { SecretName } from '@deckhand/protocol';
import type { ModelProvider } from '../core/models/model-ref.ts';
import type { ProfileId } from './stored-credential.ts';

/** Where a credential can be. */
export type CredentialPlace =
  | { readonly from: 'environment'; readonly variable: SecretName }
  /** Stored by the host. */
  | { readonly from: 'profile'; readonly id: ProfileId }
  /** In the home of the group's agent, put there by a person. */
  | { readonly from: 'group_home' };

/** Variables that win over what is stored, the strongest first. */
export const CREDENTIAL_VARIABLES: Readonly<Record<ModelProvider, readonly SecretName[]>> = {
  anthropic: ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN'],
  openai: ['OPENAI_API_KEY'],
  'openai-codex': [],
};

/**
 * Where a run of the group looks for the credential of a provider, in this order; one that cannot be used gives way to
 * the next. The home of a group comes last: an agent that is a plain process can write there.
 */
export function credentialPlaces(
  provider: ModelProvider,
  folder: string,
): readonly CredentialPlace[] {
  const variables = CREDENTIAL_VARIABLES[provider].map((variable) => ({
    from: 'environment' as const,
    variable,
  }));
  const stored = { from: 'profile', id: { name: provider } } as const;
  switch (provider) {
    case 'anthropic':
      return [...variables, stored];
    case 'openai':
      return [...variables, stored, { from: 'group_home' }];
    case 'openai-codex':
      return [{ from: 'profile', id: { name: provider, folder } }, stored, { from: 'group_home' }];
    default:
      return provider satisfies never;
  }
}
