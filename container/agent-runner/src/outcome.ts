import type { FailureClass, Usage } from '@deckhand/protocol';

export interface Answer {
  readonly type: 'result';
  readonly text: string;
  /** The pre-check script decided that the agent is not needed. */
  readonly isNotWoken?: true;
  readonly sessionId?: string;
  readonly usage?: Usage;
}

export interface Failure {
  readonly type: 'failed';
  readonly class: FailureClass;
  /** For the log; secrets are taken out when it is written. */
  readonly detail: string;
  /** When a `quota` failure ends, unix milliseconds. */
  readonly retryAt?: number;
}

/** How a provider ended a run. */
export type ProviderOutcome = Answer | Failure;
