import type { Config } from '../../config.ts';
import type { ApiSource, ChatgptSource } from '../../models/server-sources.ts';
import { type CliContext, installationPaths } from '../context.ts';

/**
 * Asks who can tell which models are served, and keeps the answer for later commands and the next start of the
 * host. Gives a sentence for each source that did not answer. Nothing is refreshed here: an access token that
 * has expired counts as none.
 */
export async function refreshCatalog(
  context: CliContext,
  config: Config,
): Promise<readonly string[]> {
  const { findCodex } = await import('@deckhand/agent-runner/codex-binary');
  const { readLiveCatalog } = await import('../../models/live-catalog.ts');
  const { storeCatalog } = await import('../../models/stored-catalog.ts');
  const credentials = await readCredentials(context, config);
  const { chatgpt, api } = credentials;
  const codexBinary = locate(findCodex);
  const live = await readLiveCatalog({ codexBinary, chatgpt, api }, context.now, context.signal);
  if (live.lists.length > 0) await storeCatalog(installationPaths(context).modelCatalog, live);
  return [...credentials.notes, ...live.notes];
}

/** Undefined where its package is missing: then the servers are asked alone. */
function locate(findCodex: () => { readonly binary: string }): string | undefined {
  try {
    return findCodex().binary;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

interface Credentials {
  readonly chatgpt?: ChatgptSource;
  readonly api?: ApiSource;
  readonly notes: readonly string[];
}

async function readCredentials(context: CliContext, config: Config): Promise<Credentials> {
  const { createCredentialStore } = await import('../../credentials/file-credential-store.ts');
  const store = createCredentialStore({ folder: installationPaths(context).credentials });
  const signIn = await store.read({ name: 'openai-codex' });
  const stored = await store.read({ name: 'openai' });
  const key =
    config.secrets.OPENAI_API_KEY ??
    (stored.status === 'found' && stored.credential.kind === 'api_key'
      ? stored.credential.key
      : undefined);
  const api = key && { key, baseUrl: config.openaiBaseUrl ?? 'https://api.openai.com/v1' };
  const notes = api ? [] : ['Without a key of the API its models come from the bundled list.'];
  const hasToken =
    signIn.status === 'found' &&
    signIn.credential.kind === 'sign_in' &&
    signIn.credential.expiresAt > context.now();
  if (!hasToken || signIn.credential.kind !== 'sign_in') {
    const why =
      'Without a ChatGPT sign-in that is valid now its models come from the bundled list.';
    return { ...(api ? { api } : {}), notes: [...notes, why] };
  }
  const { accessToken, accountId } = signIn.credential;
  const baseUrl = config.chatgptBaseUrl ?? 'https://chatgpt.com/backend-api';
  return { ...(api ? { api } : {}), chatgpt: { baseUrl, accessToken, accountId }, notes };
}
