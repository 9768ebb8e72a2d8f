import type { Provider as ProviderName } from '@deckhand/protocol';
import type { Provider, ProviderSurroundings } from './provider.ts';

/**
 * Loads a provider with its first run, so that none delays the start of the process or another,
 * and keeps it for the next runs.
 */
export class ProviderPool {
  readonly #surroundings: ProviderSurroundings;
  readonly #loaded = new Map<ProviderName, Promise<Provider>>();
  readonly #providers: Provider[] = [];

  constructor(surroundings: ProviderSurroundings) {
    this.#surroundings = surroundings;
  }

  load(name: ProviderName): Promise<Provider> {
    const known = this.#loaded.get(name);
    if (known) return known;
    const loading = this.#create(name).then((provider) => {
      this.#providers.push(provider);
      return provider;
    });
    this.#loaded.set(name, loading);
    return loading;
  }

  /** Of all providers: a container serves another one when its group's settings change. */
  keptProcesses(): ReadonlySet<number> {
    return new Set(this.#providers.flatMap((provider) => provider.keptProcesses()));
  }

  async #create(name: ProviderName): Promise<Provider> {
    switch (name) {
      case 'codex': {
        const { createCodexProvider } = await import('./providers/codex/provider.ts');
        return createCodexProvider(this.#surroundings);
      }
      case 'claude': {
        const { createClaudeProvider } = await import('./providers/claude/provider.ts');
        return createClaudeProvider(this.#surroundings);
      }
      case 'responses': {
        const { createResponsesProvider } = await import('./providers/responses/provider.ts');
        return createResponsesProvider(this.#surroundings);
      }
      default:
        return name satisfies never;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const loading of this.#loaded.values()) {
      await loading.then(
        (provider) => provider[Symbol.asyncDispose](),
        // A provider that could not be loaded has failed its run already and owns nothing.
        () => undefined,
      );
    }
  }
}
