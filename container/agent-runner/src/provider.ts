import type { AgentPaths, RunRequest } from '@deckhand/protocol';
import type { ProviderOutcome } from './outcome.ts';
import type { RunEmitter } from './run-emitter.ts';

export interface RunContext {
  readonly request: RunRequest;
  readonly emitter: RunEmitter;
  /** Aborts with a RunStop as its reason. */
  readonly signal: AbortSignal;
}

/** What a provider finds around it. */
export interface ProviderSurroundings {
  readonly paths: AgentPaths;
  /** Environment of the runner, of which a provider hands on as little as it can. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: (message: string) => void;
}

/**
 * One way to get an answer. `run` ends soon after its signal aborts, with nothing of the run left
 * alive; it may end in any outcome then. It rejects only on a bug.
 */
export interface Provider extends AsyncDisposable {
  /** The model that is used when the request names none. */
  readonly defaultModel: string;
  run(context: RunContext): Promise<ProviderOutcome>;
  /** Ids of the processes that live on between runs, to serve the next one. */
  keptProcesses(): readonly number[];
}
