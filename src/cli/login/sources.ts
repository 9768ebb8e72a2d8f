import type { SecretName } from '@deckhand/protocol';
import type { ModelProvider } from '../../core/models/model-ref.ts';
import { type CredentialPlace, credentialPlaces } from '../../credentials/credential-places.ts';

/** Something that a run could sign in with, in the words that people know it by. */
export type SignInSource =
  | { from: 'environment'; provider: ModelProvider; variable: SecretName }
  /** Stored by the host: the installation's, or that of one group. */
  | { from: 'profile'; provider: ModelProvider; folder?: string; isUsable: boolean }
  /** In the home of a group's agent, put there by a person. */
  | { from: 'group_home'; provider: ModelProvider; folder: string };

export interface GroupNeeds {
  readonly folder: string;
  /** Providers of the models that the group may ask, best first. */
  readonly providers: readonly ModelProvider[];
}

export interface GroupSignIn {
  readonly folder: string;
  /** What a run uses for each provider that it can sign in with. Empty: no run can start. */
  readonly uses: readonly SignInSource[];
  /** Providers of its models without a usable sign-in. */
  readonly missing: readonly ModelProvider[];
}

/** With what each group signs in: its runs look in the same places in the same order. */
export function decideSignIns(
  groups: readonly GroupNeeds[],
  sources: readonly SignInSource[],
): GroupSignIn[] {
  return groups.map(({ folder, providers }) => {
    const found = providers.map((provider) => findSource(provider, folder, sources));
    return {
      folder,
      uses: found.filter((source) => source !== undefined),
      missing: providers.filter((_provider, index) => found[index] === undefined),
    };
  });
}

function findSource(
  provider: ModelProvider,
  folder: string,
  sources: readonly SignInSource[],
): SignInSource | undefined {
  const ofProvider = sources.filter((source) => source.provider === provider);
  return credentialPlaces(provider, folder)
    .map((place) => ofProvider.find((source) => isUsableAt(source, place, folder)))
    .find((source) => source !== undefined);
}

function isUsableAt(source: SignInSource, place: CredentialPlace, folder: string): boolean {
  switch (source.from) {
    case 'environment':
      return place.from === 'environment' && place.variable === source.variable;
    case 'profile':
      return place.from === 'profile' && place.id.folder === source.folder && source.isUsable;
    case 'group_home':
      return place.from === 'group_home' && source.folder === folder;
    default:
      return source satisfies never;
  }
}
