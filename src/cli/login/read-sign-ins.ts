import type { SecretName, Secrets } from '@deckhand/protocol';
import type { RegisteredGroup } from '../../core/group.ts';
import type { ModelProvider } from '../../core/models/model-ref.ts';
import { describeBrokenSignIn } from '../../credentials/broken-sign-in.ts';
import type { CredentialStore, ReadCredential } from '../../credentials/credential-store.ts';
import type { ProfileId, SignIn } from '../../credentials/stored-credential.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { openCredentials } from './credentials.ts';
import { environmentWinner } from './environment.ts';
import { listNeeds } from './group-needs.ts';
import { listHomeSources } from './home-sources.ts';
import { decideSignIns, type GroupSignIn, type SignInSource } from './sources.ts';

/** A stored profile without its secrets. Times in unix milliseconds. */
export interface ProfileStatus {
  readonly provider: ModelProvider;
  /** Folder of the group whose own it is; absent: the installation's. */
  readonly folder?: string;
  readonly kind: 'sign_in' | 'api_key' | 'claude_token' | 'unusable';
  readonly signIn?: Pick<
    SignIn,
    | 'accountId'
    | 'email'
    | 'plan'
    | 'expiresAt'
    | 'refreshedAt'
    | 'signedInAt'
    | 'source'
    | 'broken'
  >;
  readonly savedAt?: number;
  /** Why it cannot be used, and what to do. */
  readonly problem?: { readonly reason: string; readonly mend: string };
  /** A variable that is used instead. */
  readonly overruledBy?: SecretName;
}

/** What `login status --json` prints. */
export interface SignInStatus {
  readonly profiles: readonly ProfileStatus[];
  /** Every source that some run could use, stored or not. */
  readonly sources: readonly SignInSource[];
  readonly groups: readonly GroupSignIn[];
}

/** Reads what is stored and who uses it; changes nothing and asks no server. */
export async function readSignIns(
  context: CliContext,
  groups: readonly RegisteredGroup[],
): Promise<SignInStatus> {
  const { config, store } = await openCredentials(context);
  const profiles = await listProfiles(store);
  const sources = [
    ...storedSources(profiles, config.secrets, context.now()),
    ...(await listHomeSources(
      store,
      installationPaths(context),
      groups.map(({ folder }) => folder),
    )),
  ];
  const overruled = profiles.map((profile) => {
    const overruledBy = environmentWinner(profile.provider, config.secrets);
    return overruledBy === undefined ? profile : { ...profile, overruledBy };
  });
  const needs = listNeeds(context, config, groups);
  return { profiles: overruled, sources, groups: decideSignIns(needs, sources) };
}

/** The stored profiles, by what of them may be shown. */
export async function listProfiles(store: CredentialStore): Promise<ProfileStatus[]> {
  const profiles: ProfileStatus[] = [];
  for (const id of await store.list()) profiles.push(await readProfile(store, id));
  return profiles;
}

/** What is set in the environment, and what is stored. */
export function storedSources(
  profiles: readonly ProfileStatus[],
  secrets: Secrets,
  now: number,
): SignInSource[] {
  return [...environmentSources(secrets), ...profiles.map((profile) => toSource(profile, now))];
}

function environmentSources(secrets: Secrets): SignInSource[] {
  return (['anthropic', 'openai'] as const).flatMap((provider) => {
    const variable = environmentWinner(provider, secrets);
    return variable === undefined ? [] : [{ from: 'environment' as const, provider, variable }];
  });
}

function toSource(profile: ProfileStatus, now: number): SignInSource {
  const { provider, folder } = profile;
  return {
    from: 'profile',
    provider,
    isUsable: isUsable(profile, now),
    ...(folder === undefined ? {} : { folder }),
  };
}

/** The access token of a sign-in that is over goes on being used until it expires. */
export function isUsable({ kind, signIn }: ProfileStatus, now: number): boolean {
  const isOver = signIn?.broken !== undefined && signIn.expiresAt <= now;
  return kind !== 'unusable' && !isOver;
}

async function readProfile(store: CredentialStore, id: ProfileId): Promise<ProfileStatus> {
  const { name: provider, folder } = id;
  return {
    provider,
    ...(folder === undefined ? {} : { folder }),
    ...toStatus(id, await store.read(id)),
  };
}

function toStatus(id: ProfileId, read: ReadCredential): Omit<ProfileStatus, 'provider'> {
  if (read.status === 'unusable') {
    return { kind: 'unusable', problem: { reason: read.reason, mend: read.mend } };
  }
  if (read.status === 'absent') {
    return {
      kind: 'unusable',
      problem: { reason: 'it has just been removed', mend: 'look again' },
    };
  }
  const { credential } = read;
  if (credential.kind !== 'sign_in') return { kind: credential.kind, savedAt: credential.savedAt };
  const { accessToken: _a, refreshToken: _r, idToken: _i, v: _v, kind, ...signIn } = credential;
  const { broken } = signIn;
  return { kind, signIn, ...(broken ? { problem: describeBrokenSignIn(id, broken.code) } : {}) };
}
