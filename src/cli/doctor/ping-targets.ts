import type { Config } from '../../config.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import type { ModelProvider } from '../../core/models/model-ref.ts';
import { findGroupApiKey } from '../../credentials/group-api-key.ts';
import { loginCommand } from '../../credentials/login-command.ts';
import type { ProfileId } from '../../credentials/stored-credential.ts';
import type { PingTarget } from '../../models/ping.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { type Credentials, openCredentials } from '../login/credentials.ts';
import { readSignIns } from '../login/read-sign-ins.ts';
import type { SignInSource } from '../login/sources.ts';

/** A credential that some run may use, in the words that people know it by. */
export interface Candidate {
  readonly name: string;
  readonly provider: ModelProvider;
  /** Whether a group's runs sign in with it now. */
  readonly isUsed: boolean;
  /** What to do when it is refused; a line that starts with `$ ` is a command. */
  readonly mend: string;
  /** Reads it anew: the host may have renewed it. Undefined when it cannot be asked with now. */
  readonly readTarget: () => Promise<PingTarget | undefined>;
}

/** Every credential that is set, stored or in a group's home, but those that another one overrules. */
export async function listCandidates(
  context: CliContext,
  groups: readonly RegisteredGroup[],
): Promise<readonly Candidate[]> {
  const { sources, groups: signIns } = await readSignIns(context, groups);
  const credentials = await openCredentials(context);
  const used = new Set(signIns.flatMap(({ uses }) => uses));
  return sources.flatMap((source) => {
    if (isOverruled(source, sources)) return [];
    const candidate = {
      ...describeSource(source),
      provider: source.provider,
      isUsed: used.has(source),
      readTarget: () => readTarget(context, credentials, source),
    };
    return [candidate];
  });
}

/** What is in the environment wins over what is stored; a sign-in that cannot be used has its own finding. */
function isOverruled(source: SignInSource, sources: readonly SignInSource[]): boolean {
  // Only the next run takes a sign-in out of a home, and refreshes it.
  if (source.from === 'group_home') return source.provider === 'openai-codex';
  if (source.from !== 'profile') return false;
  const winner = sources.find(
    ({ from, provider }) => from === 'environment' && provider === source.provider,
  );
  return winner !== undefined || !source.isUsable;
}

function describeSource(source: SignInSource): Pick<Candidate, 'name' | 'mend'> {
  switch (source.from) {
    case 'environment':
      return {
        name: source.variable,
        mend: `Put another one into .env, or remove ${source.variable} there and in the environment.`,
      };
    case 'profile': {
      const { folder } = source;
      const whose = folder === undefined ? '' : ` for ${folder}`;
      return {
        name: `${source.provider} (stored${whose})`,
        mend: `Sign in again:\n${asCommand(profileOf(source))}`,
      };
    }
    case 'group_home':
      return {
        name: `${source.provider} (in the home of ${source.folder})`,
        mend: `Replace it in that home, or store one for all groups:\n${asCommand({ name: source.provider })}`,
      };
    default:
      return source satisfies never;
  }
}

function asCommand(id: ProfileId): string {
  return `$ npx ${loginCommand(id).replaceAll('`', '')}`;
}

type StoredSource = Extract<SignInSource, { from: 'profile' }>;

function profileOf({ provider: name, folder }: StoredSource): ProfileId {
  return folder === undefined ? { name } : { name, folder };
}

async function readTarget(
  context: CliContext,
  credentials: Credentials,
  source: SignInSource,
): Promise<PingTarget | undefined> {
  const { config } = credentials;
  switch (source.from) {
    case 'environment': {
      const secret = config.secrets[source.variable];
      const isToken = source.variable === 'CLAUDE_CODE_OAUTH_TOKEN';
      return secret === undefined ? undefined : keyTarget(config, source.provider, secret, isToken);
    }
    case 'profile':
      return await readStored(credentials, profileOf(source), context.now());
    case 'group_home': {
      const key = await findGroupApiKey(installationPaths(context), source.folder);
      return key === undefined ? undefined : keyTarget(config, source.provider, key, false);
    }
    default:
      return source satisfies never;
  }
}

async function readStored(
  { config, store }: Credentials,
  id: ProfileId,
  now: number,
): Promise<PingTarget | undefined> {
  const read = await store.read(id);
  if (read.status !== 'found') return undefined;
  const { credential } = read;
  switch (credential.kind) {
    case 'api_key':
      return keyTarget(config, id.name, credential.key, false);
    case 'claude_token':
      return keyTarget(config, id.name, credential.token, true);
    case 'sign_in': {
      const { accessToken: secret, accountId, expiresAt } = credential;
      const baseUrl = trim(config.chatgptBaseUrl ?? 'https://chatgpt.com/backend-api');
      return expiresAt > now ? { kind: 'chatgpt', baseUrl, secret, accountId } : undefined;
    }
    default:
      return credential satisfies never;
  }
}

/** Where a key or a token of Claude is shown. */
export function keyTarget(
  { anthropicBaseUrl, openaiBaseUrl }: Config,
  provider: ModelProvider,
  secret: string,
  isToken: boolean,
): PingTarget {
  if (provider !== 'anthropic') {
    const baseUrl = trim(openaiBaseUrl ?? 'https://api.openai.com/v1');
    return { kind: 'openai_key', baseUrl, secret };
  }
  const baseUrl = trim(anthropicBaseUrl ?? 'https://api.anthropic.com');
  return { kind: isToken ? 'claude_token' : 'anthropic_key', baseUrl, secret };
}

function trim(url: string): string {
  return url.replace(/\/+$/, '');
}
