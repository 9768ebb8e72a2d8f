import { join } from 'node:path';
import type { Secrets } from '@deckhand/protocol';
import type { Now } from '../clock.ts';
import { type CodexAuth, readCodexAuth } from '../core/codex-auth.ts';
import { type Credential, missingCredential } from '../core/credential.ts';
import type { RegisteredGroup } from '../core/group.ts';
import { isErrno } from '../errno.ts';
import type { HostPaths } from '../paths.ts';
import { readOwnedFile, UnsafeFileError } from '../safe-file.ts';

const MAX_AUTH_BYTES = 64 * 1024;

export interface ResolveCredentialDeps {
  readonly secrets: Secrets;
  readonly paths: HostPaths;
  readonly now: Now;
  /** Gives a file to the user that agents run as: Codex silently ignores one that it may not read. */
  readonly handOver: (path: string) => Promise<void>;
}

/**
 * Decides before a run with what it authenticates, so that a run without a credential is never started.
 * A group is given the secrets of its own provider only.
 */
export function createResolveCredential(deps: ResolveCredentialDeps) {
  return (group: RegisteredGroup): Promise<Credential> => {
    switch (group.provider) {
      case 'claude':
        return Promise.resolve(claudeCredential(deps.secrets));
      case 'codex':
      case 'responses':
        return codexCredential(deps, group);
      default:
        return group.provider satisfies never;
    }
  };
}

function claudeCredential(secrets: Secrets): Credential {
  const { ANTHROPIC_API_KEY: key, CLAUDE_CODE_OAUTH_TOKEN: token } = secrets;
  if (key !== undefined) return { ok: true, secrets: { ANTHROPIC_API_KEY: key } };
  if (token !== undefined) return { ok: true, secrets: { CLAUDE_CODE_OAUTH_TOKEN: token } };
  return missingCredential(
    'claude',
    'neither ANTHROPIC_API_KEY nor CLAUDE_CODE_OAUTH_TOKEN is set',
  );
}

/** A ChatGPT sign-in first, then the API key, unless the group pins one of them. */
async function codexCredential(
  deps: ResolveCredentialDeps,
  group: RegisteredGroup,
): Promise<Credential> {
  const pinned = group.providerConfig?.codex?.authMethod;
  const path = join(deps.paths.codexHome(group.folder), 'auth.json');
  const auth = await readSignIn(path, deps.now);
  if (pinned !== 'api_key' && auth.kind === 'chatgpt') {
    await deps.handOver(path);
    return { ok: true, secrets: {}, codexAuth: 'chatgpt' };
  }
  const apiKey = deps.secrets.OPENAI_API_KEY ?? (auth.kind === 'api_key' ? auth.apiKey : undefined);
  if (pinned !== 'chatgpt' && apiKey !== undefined) {
    return { ok: true, secrets: { OPENAI_API_KEY: apiKey }, codexAuth: 'api_key' };
  }
  const found =
    auth.kind === 'unusable' ? auth.reason : `it holds a credential of kind ${auth.kind}`;
  return missingCredential('codex', `authMethod ${pinned ?? 'any'}; auth.json: ${found}`);
}

async function readSignIn(path: string, now: Now): Promise<CodexAuth> {
  try {
    const content = await readOwnedFile(path, MAX_AUTH_BYTES);
    if (content === undefined) return { kind: 'unusable', reason: 'there is none' };
    return readCodexAuth(content, now());
  } catch (error) {
    if (error instanceof UnsafeFileError) return { kind: 'unusable', reason: error.message };
    if (isErrno(error, 'EACCES')) {
      return { kind: 'unusable', reason: 'may not be read by this user' };
    }
    throw error;
  }
}
