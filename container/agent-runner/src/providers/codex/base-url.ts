import type { CodexAuthMethod } from '@deckhand/protocol';
import { tomlString } from './toml-text.ts';

/**
 * Sends the model's traffic elsewhere. As an own provider instead of `openai_base_url`, because only that
 * can switch off WebSockets, which cost 6 s of retries with a server that does not speak them.
 */
export function describeBaseUrl(baseUrl: string, auth: CodexAuthMethod): string[] {
  return [
    ...describeProvider(baseUrl, ['requires_openai_auth=true']),
    ...(auth === 'chatgpt' ? [describeAccountUrl(baseUrl)] : []),
  ];
}

/**
 * Asks the host for the model. Without an account of its own the CLI (0.169) has nothing to ask about one, and its
 * bodies are plain JSON.
 */
export function describeRelay(modelUrl: string): string[] {
  return describeProvider(modelUrl, []);
}

function describeProvider(baseUrl: string, more: readonly string[]): string[] {
  const provider = [
    'name="deckhand"',
    `base_url=${tomlString(baseUrl)}`,
    'wire_api="responses"',
    'supports_websockets=false',
    'request_max_retries=2',
    'stream_max_retries=2',
    ...more,
  ];
  return ['model_provider="deckhand"', `model_providers.deckhand={${provider.join(',')}}`];
}

/**
 * With a ChatGPT sign-in the CLI also asks for account and settings. It would send the token for that to the
 * real backend, or wait 5 s where that cannot be reached. It takes https alone here (0.169); where `baseUrl` is
 * plain http this fails at once, and the turn goes on.
 */
function describeAccountUrl(baseUrl: string): string {
  const url = new URL('.', baseUrl);
  url.protocol = 'https:';
  return `chatgpt_base_url=${tomlString(url.href)}`;
}
