import type { ModelProvider } from './models/model-ref.ts';

/** What has ended: a key that the provider refuses, or a ChatGPT sign-in, the installation's or a group's own. */
export type EndedCredential =
  | { readonly provider: ModelProvider }
  | { readonly folder: string | undefined; readonly code: string };

/** What the main chat is told, once, when only a person can help: what happened and the command that mends it. */
export function signInNotice(ended: EndedCredential): string {
  if ('provider' in ended) return keyNotice(ended.provider);
  const option = ended.folder === undefined ? '' : ` --group ${ended.folder}`;
  const whose = ended.folder === undefined ? '' : ` of the group ${ended.folder}`;
  return `The sign-in with ChatGPT${whose} is over (${ended.code}): please sign in again with \`deckhand login codex${option}\`${ended.folder === undefined ? ', or write `/login codex` here' : ''}.`;
}

function keyNotice(provider: ModelProvider): string {
  switch (provider) {
    case 'anthropic':
      return 'Claude refuses the key or token I have: please put in a new one with `deckhand login claude`, or in .env.';
    case 'openai':
      return 'OpenAI refuses the API key I have: please put in a new one with `deckhand login codex --api-key`, or in .env.';
    case 'openai-codex':
      return 'ChatGPT refuses my sign-in: please sign in again with `deckhand login codex`, or write `/login codex` here.';
    default:
      return provider satisfies never;
  }
}
