import { type CliContext, installationPaths } from '../context.ts';
import { loadGroups } from '../groups/registry.ts';
import { openCredentials } from '../login/credentials.ts';
import { listHomeSources } from '../login/home-sources.ts';
import { listProfiles, storedSources } from '../login/read-sign-ins.ts';
import type { SignInSource } from '../login/sources.ts';
import type { SetupProvider } from './options.ts';

/** Everything that could be signed in with now, also what a person has put into the home of the main group. */
export async function listUsableSources(context: CliContext): Promise<SignInSource[]> {
  const { config, store } = await openCredentials(context);
  const groups = await loadGroups(context);
  const folders = new Set(['main', ...[...groups.values()].map(({ folder }) => folder)]);
  const all = [
    ...storedSources(await listProfiles(store), config.secrets, context.now()),
    ...(await listHomeSources(store, installationPaths(context), [...folders])),
  ];
  return all.filter((source) => source.from !== 'profile' || source.isUsable);
}

/** What the provider's agents can sign in with; all of it without a provider. */
export function sourcesFor(
  provider: SetupProvider | undefined,
  sources: readonly SignInSource[],
): SignInSource[] {
  if (provider === undefined) return [...sources];
  return sources.filter((source) => (source.provider === 'anthropic') === (provider === 'claude'));
}

export function describeSource(source: SignInSource): string {
  switch (source.from) {
    case 'environment':
      return `${source.variable} (environment or .env)`;
    case 'profile':
      return source.provider === 'openai-codex'
        ? 'the ChatGPT sign-in that is stored'
        : `the ${source.provider === 'anthropic' ? 'key or token for Claude' : 'API key for OpenAI'} that is stored`;
    case 'group_home':
      return `a sign-in in the home of the group ${source.folder}`;
    default:
      return source satisfies never;
  }
}
