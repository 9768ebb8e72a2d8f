import { relative } from 'node:path';
import type { Now } from '../../clock.ts';
import type { Config } from '../../config.ts';
import type { Credential } from '../../core/credential.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { createResolveCredential } from '../../credentials/resolve-credential.ts';
import { type HostPaths } from '../../paths.ts';
import { type Finding, ok, problem } from './finding.ts';

const CHECK = 'credentials';

export interface CredentialsDeps {
  readonly config: Pick<Config, 'secrets'>;
  readonly paths: HostPaths;
  /** The folder in which `npx` finds the Codex CLI. */
  readonly projectRoot: string;
  readonly now: Now;
}

/** For every group whether a run could sign in, decided as the host decides it. */
export async function checkCredentials(
  groups: readonly RegisteredGroup[],
  deps: CredentialsDeps,
): Promise<Finding[]> {
  const resolve = createResolveCredential({
    secrets: deps.config.secrets,
    paths: deps.paths,
    now: deps.now,
    // Doctor looks and changes nothing.
    handOver: () => Promise.resolve(),
  });
  const findings: Finding[] = [];
  for (const group of groups) {
    const credential = await resolve(group);
    const name = `${group.folder} (${group.provider})`;
    findings.push(
      credential.ok
        ? ok(CHECK, `${name}: ${describeCredential(credential)}`)
        : problem(CHECK, `${name}: ${credential.detail}`, mendCredential(group, deps)),
    );
  }
  return findings;
}

function describeCredential(credential: Extract<Credential, { ok: true }>): string {
  if (credential.codexAuth === 'chatgpt') return 'ChatGPT sign-in';
  return Object.keys(credential.secrets).join(', ');
}

function mendCredential(group: RegisteredGroup, deps: CredentialsDeps): string {
  if (group.provider === 'claude') {
    return (
      'Set ANTHROPIC_API_KEY in .env, or CLAUDE_CODE_OAUTH_TOKEN to what this prints:\n' +
      '$ claude setup-token'
    );
  }
  const pinned = group.providerConfig?.codex?.authMethod;
  if (pinned === 'api_key') return 'Set OPENAI_API_KEY in .env: the group is set to auth api_key.';
  const alternative = pinned === undefined ? '\nOr set OPENAI_API_KEY in .env.' : '';
  return signIn(group.folder, deps) + alternative;
}

/** Codex does not make its own home; without a browser on this machine `--device-auth` helps. */
function signIn(folder: string, { paths, projectRoot }: CredentialsDeps): string {
  const path = paths.codexHome(folder);
  const home = shellWord(paths.home === projectRoot ? relative(projectRoot, path) : path);
  return (
    `Sign in with ChatGPT, in ${projectRoot}:\n` +
    `$ mkdir -p ${home}\n$ CODEX_HOME=${home} npx codex login\n` +
    'On a machine without a browser add --device-auth.'
  );
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
