import type { SecretName } from '@deckhand/protocol';
import type { ModelProvider } from '../../core/models/model-ref.ts';

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

/** With what each group signs in, decided as `src/credentials/resolve-credential.ts` decides it. */
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
  return sources
    .filter((source) => source.provider === provider && isFor(source, folder) && isUsable(source))
    .toSorted((left, right) => rank(left) - rank(right))[0];
}

function isFor(source: SignInSource, folder: string): boolean {
  return source.from === 'environment' || (source.folder ?? folder) === folder;
}

function isUsable(source: SignInSource): boolean {
  return source.from !== 'profile' || source.isUsable;
}

/** The environment, the group's own profile, the installation's, and last what an agent can write. */
function rank(source: SignInSource): number {
  switch (source.from) {
    case 'environment':
      return 0;
    case 'profile':
      return source.folder === undefined ? 2 : 1;
    case 'group_home':
      return 3;
    default:
      return source satisfies never;
  }
}
