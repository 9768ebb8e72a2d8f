import type { Secrets } from '@deckhand/protocol';
import { type Credential, type CredentialProblem, missingCredential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { ModelProvider } from '../core/models/model-ref.ts';
import type { ModelRoute } from '../core/models/route.ts';
import type { ContainerAuth } from './container-auth.ts';
import { type CredentialPlace, credentialPlaces } from './credential-places.ts';
import { type KeyCredentialDeps, keyCredential, storedKeyCredential } from './key-credential.ts';
import {
  type GiveAccess,
  type SignInCredentialDeps,
  signInCredential,
} from './sign-in-credential.ts';

export interface ResolveCredentialDeps extends KeyCredentialDeps, SignInCredentialDeps {
  /** Of the environment; they win over stored ones. */
  readonly secrets: Secrets;
  readonly containerAuth: Pick<ContainerAuth, 'publish' | 'withdraw' | 'clear' | 'adoptSeed'>;
  /** Whether the container of a group is given what authenticates it; the host adds it on the way otherwise. */
  readonly mayHold: (group: RegisteredGroup) => boolean;
  /** A key in the group's own home. */
  readonly findGroupApiKey: (folder: string) => Promise<string | undefined>;
}

export type ResolveCredential = (group: RegisteredGroup, route: ModelRoute) => Promise<Credential>;

/** Whose credential is looked for, and whether its container may hold it. */
interface Holder {
  readonly folder: string;
  readonly mayHold: boolean;
}

/**
 * Decides before a run with what it authenticates, so that a run without a credential is never started. A run
 * is given the credential of its own model and no other.
 */
export function createResolveCredential(deps: ResolveCredentialDeps): ResolveCredential {
  return async (group, { ref: { provider } }) => {
    const { folder } = group;
    const holder: Holder = { folder, mayHold: deps.mayHold(group) };
    if (!holder.mayHold) await deps.containerAuth.clear(folder);
    let problem: CredentialProblem | undefined;
    for (const place of credentialPlaces(provider, folder)) {
      const found = await look(deps, provider, holder, place);
      if (found?.ok) return found;
      // What may work later is better news than what is over.
      problem = found?.reason === 'unavailable' ? found : (problem ?? found);
    }
    if (problem !== undefined) return problem;
    // A logout takes it away as well, but a run may have been given it at the same moment.
    if (provider === 'openai-codex') await deps.containerAuth.withdraw(folder);
    return missingCredential(provider, MISSING[provider]);
  };
}

const MISSING: Readonly<Record<ModelProvider, string>> = {
  anthropic: 'there is no key and no token for Claude',
  openai: 'there is no API key for OpenAI',
  'openai-codex': 'nobody has signed in with ChatGPT',
};

/** Undefined when there is nothing at this place. */
async function look(
  deps: ResolveCredentialDeps,
  provider: ModelProvider,
  holder: Holder,
  place: CredentialPlace,
): Promise<Credential | undefined> {
  switch (place.from) {
    case 'environment': {
      const value = deps.secrets[place.variable];
      return value === undefined ? undefined : keyCredential(deps, provider, place.variable, value);
    }
    case 'profile':
      if (provider === 'openai-codex')
        return await signInCredential(deps, place.id, giveTo(deps, holder));
      return await storedKeyCredential(deps, provider);
    case 'group_home':
      return await lookAtHome(deps, provider, holder);
    default:
      return place satisfies never;
  }
}

function giveTo({ containerAuth }: ResolveCredentialDeps, { folder, mayHold }: Holder): GiveAccess {
  return async (access) => {
    if (mayHold) await containerAuth.publish(folder, access);
  };
}

async function lookAtHome(
  deps: ResolveCredentialDeps,
  provider: ModelProvider,
  holder: Holder,
): Promise<Credential | undefined> {
  const { folder } = holder;
  if (provider === 'openai-codex') {
    const isAdopted = await deps.containerAuth.adoptSeed(folder, holder.mayHold);
    const give = giveTo(deps, holder);
    return isAdopted ? await signInCredential(deps, { name: provider, folder }, give) : undefined;
  }
  const key = await deps.findGroupApiKey(folder);
  return key === undefined ? undefined : keyCredential(deps, provider, 'OPENAI_API_KEY', key);
}
