import type { Provider, ProviderSurroundings } from '../../provider.ts';
export function createClaudeProvider(_: ProviderSurroundings): Provider {
  throw new Error('not yet');
}
