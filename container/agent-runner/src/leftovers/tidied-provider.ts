import type { Provider } from '../provider.ts';

/**
 * Ends what a run has left behind before the run itself ends, so that the next one, in the same container, is alone
 * with its token and its files.
 */
export function withTidying(provider: Provider, endLeftovers: () => void): Provider {
  return {
    defaultModel: provider.defaultModel,
    keptProcesses: () => provider.keptProcesses(),
    run: async (context) => {
      try {
        return await provider.run(context);
      } finally {
        endLeftovers();
      }
    },
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}
