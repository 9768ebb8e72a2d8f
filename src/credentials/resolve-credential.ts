import { createHash } from 'node:crypto';
import type { SecretName, Secrets } from '@deckhand/protocol';
import {
  brokenCredential,
  type Credential,
  type CredentialProblem,
  missingCredential,
  unavailableCredential,
} from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { ModelProvider } from '../core/models/model-ref.ts';
import type { ModelRoute } from '../core/models/route.ts';
import type { ContainerAuth } from './container-auth.ts';
import type { CredentialStore } from './credential-store.ts';
import type { Access, AccessOutcome, Refresher } from './refresher.ts';
import type { ProfileId } from './stored-credential.ts';

/** A key that the model has refused. `fingerprint` tells it from its successor and gives nothing away. */
export interface RefusedKey {
  readonly provider: ModelProvider;
  readonly fingerprint: string;
}

export interface ResolveCredentialDeps {
  /** Of the environment; they win over stored ones. */
  readonly secrets: Secrets;
  readonly store: Pick<CredentialStore, 'read'>;
  readonly refresher: Refresher;
  readonly containerAuth: Pick<ContainerAuth, 'publish' | 'adoptSeed'>;
  /** A key in the group's own home. */
  readonly findGroupApiKey: (folder: string) => Promise<string | undefined>;
  readonly onKeyRefused: (key: RefusedKey) => void;
}

export type ResolveCredential = (
  group: Pick<RegisteredGroup, 'folder'>,
  route: ModelRoute,
) => Promise<Credential>;

/**
 * Decides before a run with what it authenticates, so that a run without a credential is never started. A run
 * is given the credential of its own model and no other.
 */
export function createResolveCredential(deps: ResolveCredentialDeps): ResolveCredential {
  return ({ folder }, { ref: { provider } }) => {
    switch (provider) {
      case 'anthropic':
        return claudeCredential(deps);
      case 'openai':
        return openaiKey(deps, folder);
      case 'openai-codex':
        return chatgptSignIn(deps, folder);
      default:
        return provider satisfies never;
    }
  };
}

async function claudeCredential(deps: ResolveCredentialDeps): Promise<Credential> {
  const { ANTHROPIC_API_KEY: key, CLAUDE_CODE_OAUTH_TOKEN: token } = deps.secrets;
  if (key !== undefined) return useKey(deps, 'anthropic', 'ANTHROPIC_API_KEY', key);
  if (token !== undefined) return useKey(deps, 'anthropic', 'CLAUDE_CODE_OAUTH_TOKEN', token);
  const stored = await deps.store.read({ name: 'anthropic' });
  if (stored.status === 'unusable') return brokenCredential('anthropic', stored.reason);
  if (stored.status === 'found') {
    const { credential } = stored;
    if (credential.kind === 'api_key') {
      return useKey(deps, 'anthropic', 'ANTHROPIC_API_KEY', credential.key);
    }
    if (credential.kind === 'claude_token') {
      return useKey(deps, 'anthropic', 'CLAUDE_CODE_OAUTH_TOKEN', credential.token);
    }
  }
  return missingCredential('anthropic', 'there is no key and no token for Claude');
}

/** A key in the group's own `auth.json` counts last: the group's agent can write that file. */
async function openaiKey(deps: ResolveCredentialDeps, folder: string): Promise<Credential> {
  const { OPENAI_API_KEY: key } = deps.secrets;
  if (key !== undefined) return useKey(deps, 'openai', 'OPENAI_API_KEY', key);
  const stored = await deps.store.read({ name: 'openai' });
  if (stored.status === 'unusable') return brokenCredential('openai', stored.reason);
  if (stored.status === 'found' && stored.credential.kind === 'api_key') {
    return useKey(deps, 'openai', 'OPENAI_API_KEY', stored.credential.key);
  }
  const own = await deps.findGroupApiKey(folder);
  if (own !== undefined) return useKey(deps, 'openai', 'OPENAI_API_KEY', own);
  return missingCredential('openai', 'there is no API key for OpenAI');
}

function useKey(
  deps: ResolveCredentialDeps,
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
      deps.onKeyRefused({ provider, fingerprint });
      return 'over';
    },
  };
}

/** The group's own sign-in, else the installation's, else one that a person has put into the group's home. */
async function chatgptSignIn(deps: ResolveCredentialDeps, folder: string): Promise<Credential> {
  const own: ProfileId = { name: 'openai-codex', folder };
  let problem: CredentialProblem | undefined;
  for (const id of [own, { name: 'openai-codex' } as const]) {
    const outcome = await deps.refresher.access(id);
    if (outcome.status === 'ok') return useSignIn(deps, id, folder, outcome.access);
    if (outcome.status !== 'absent') problem ??= toProblem(outcome);
  }
  if (await deps.containerAuth.adoptSeed(folder)) {
    const outcome = await deps.refresher.access(own);
    if (outcome.status === 'ok') return useSignIn(deps, own, folder, outcome.access);
    if (outcome.status !== 'absent') problem = toProblem(outcome);
  }
  return problem ?? missingCredential('openai-codex', 'nobody has signed in with ChatGPT');
}

async function useSignIn(
  deps: ResolveCredentialDeps,
  id: ProfileId,
  folder: string,
  access: Access,
): Promise<Credential> {
  await deps.containerAuth.publish(folder, access);
  return {
    ok: true,
    secrets: {},
    codexAuth: 'chatgpt',
    async onRefused() {
      const renewed = await deps.refresher.renew(id, access.accessToken);
      if (renewed.status !== 'ok') return 'over';
      await deps.containerAuth.publish(folder, renewed.access);
      return 'renewed';
    },
  };
}

function toProblem(
  outcome: Exclude<AccessOutcome, { status: 'ok' | 'absent' }>,
): CredentialProblem {
  return outcome.status === 'broken'
    ? brokenCredential('openai-codex', outcome.reason)
    : unavailableCredential('openai-codex', outcome.reason);
}
