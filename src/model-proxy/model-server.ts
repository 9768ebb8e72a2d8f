import type { ModelProvider } from '../core/models/model-ref.ts';

/** Other addresses than the providers' own. */
export interface ModelServers {
  readonly anthropicBaseUrl?: string;
  readonly openaiBaseUrl?: string;
  /** Ends in `/backend-api`. */
  readonly chatgptBaseUrl?: string;
}

const ANTHROPIC_URL = 'https://api.anthropic.com';
const OPENAI_URL = 'https://api.openai.com/v1';
const CHATGPT_URL = 'https://chatgpt.com/backend-api';

/** What the paths of requests are appended to. */
export function serverUrlOf(provider: ModelProvider, servers: ModelServers): string {
  switch (provider) {
    case 'anthropic':
      return trim(servers.anthropicBaseUrl ?? ANTHROPIC_URL);
    case 'openai':
      return trim(servers.openaiBaseUrl ?? OPENAI_URL);
    case 'openai-codex':
      return `${trim(servers.chatgptBaseUrl ?? CHATGPT_URL)}/codex`;
    default:
      return provider satisfies never;
  }
}

function trim(url: string): string {
  return url.replace(/\/+$/, '');
}
