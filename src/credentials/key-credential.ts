import { createHash } from 'node:crypto';
import type { SecretName } from '@deckhand/protocol';
import { brokenCredential, type Credential } from '../core/credential.ts';
import type { ModelProvider } from '../core/models/model-ref.ts';
import type { CredentialStore } from './credential-store.ts';

/** A key that the model has refused. `fingerprint` tells it from its successor and gives nothing away. */
export interface RefusedKey {
  readonly provider: ModelProvider;
  readonly fingerprint: string;
}

export interface KeyCredentialDeps {
  readonly store: Pick<CredentialStore, 'read'>;
  readonly onKeyRefused: (key: RefusedKey) => void;
}

type KeyProvider = Exclude<ModelProvider, 'openai-codex'>;

const API_KEYS = { anthropic: 'ANTHROPIC_API_KEY', openai: 'OPENAI_API_KEY' } as const;

/** The stored key or token; undefined when there is none. */
export async function storedKeyCredential(
  deps: KeyCredentialDeps,
  provider: KeyProvider,
): Promise<Credential | undefined> {
  const stored = await deps.store.read({ name: provider });
  if (stored.status === 'absent') return undefined;
  if (stored.status === 'unusable') return brokenCredential(provider, stored.reason);
  const { credential } = stored;
  if (credential.kind === 'api_key') {
    return keyCredential(deps, provider, API_KEYS[provider], credential.key);
  }
  if (credential.kind === 'claude_token' && provider === 'anthropic') {
    return keyCredential(deps, provider, 'CLAUDE_CODE_OAUTH_TOKEN', credential.token);
  }
  return undefined;
}

export function keyCredential(
  { onKeyRefused }: Pick<KeyCredentialDeps, 'onKeyRefused'>,
  provider: ModelProvider,
  name: SecretName,
  value: string,
): Credential {
  const fingerprint = createHash('sha256').update(value).digest('hex').slice(0, 12);
  return {
    ok: true,
    secrets: { [name]: value },
    ...(provider === 'openai' ? { codexAuth: 'api_key' as const } : {}),
    async onRefused() {
      onKeyRefused({ provider, fingerprint });
      return 'over';
    },
  };
}
