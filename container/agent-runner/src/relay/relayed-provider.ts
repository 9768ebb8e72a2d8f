import type { RunRequest } from '@deckhand/protocol';
import type { Provider, RunContext } from '../provider.ts';
import type { Relay, RelayAddresses } from './relay.ts';

/** Opens the relay for a run that asks its model through the host, and sends the provider there. */
export function withRelay(provider: Provider, relay: Relay | undefined): Provider {
  return {
    defaultModel: provider.defaultModel,
    keptProcesses: () => provider.keptProcesses(),
    run: async (context: RunContext) => {
      const { gateway } = context.request;
      if (gateway === undefined) return await provider.run(context);
      if (relay === undefined)
        return {
          type: 'failed',
          class: 'internal',
          detail: 'this container has no way to the host',
        };
      using _run = relay.openRun(gateway.token);
      const request = askThroughRelay(context.request, relay.addresses);
      return await provider.run({ ...context, request });
    },
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}

/** Whatever server the request names is the host's to find; it speaks no WebSocket. */
function askThroughRelay(request: RunRequest, { modelUrl }: RelayAddresses): RunRequest {
  const { codex, responses } = request;
  return {
    ...request,
    claude: { ...request.claude, baseUrl: modelUrl },
    ...(codex && { codex: { ...codex, baseUrl: modelUrl } }),
    ...(responses && { responses: { ...responses, baseUrl: modelUrl, transport: 'sse' } }),
  };
}
