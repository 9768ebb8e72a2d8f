import type { FailureClass, Usage } from '@deckhand/protocol';
import type { SeenFailure } from '../core/models/seen-failure.ts';
import { addUsage, NO_USAGE } from './usage-sum.ts';

/** What the host has seen of an attempt. */
export interface SeenOfModel {
  /** Requests that the model's server has answered, with whatever. */
  readonly answers: number;
  readonly usage: Usage;
  /** The newest failure of each class. */
  readonly failures: ReadonlyMap<FailureClass, SeenFailure>;
  readonly lastFailure: SeenFailure | undefined;
  /** A request was refused because the group's tokens are used up. */
  readonly isOutOfTokens: boolean;
}

/** Keeps it while the attempt goes on. */
export class ModelReport implements SeenOfModel {
  readonly #tokensLeft: number;
  readonly failures = new Map<FailureClass, SeenFailure>();
  answers = 0;
  usage: Usage = NO_USAGE;
  lastFailure: SeenFailure | undefined;
  isOutOfTokens = false;

  /** `tokensLeft`: input and output tokens that the attempt may use; no limit when absent. */
  constructor(tokensLeft = Number.POSITIVE_INFINITY) {
    this.#tokensLeft = tokensLeft;
  }

  noteUsage(usage: Usage): void {
    this.usage = addUsage(this.usage, usage);
  }

  noteFailure(failure: SeenFailure): void {
    this.lastFailure = failure;
    this.failures.set(failure.class, failure);
  }

  /** Whether the model may be asked once more. */
  mayAsk(): boolean {
    const isOut = this.usage.inputTokens + this.usage.outputTokens >= this.#tokensLeft;
    this.isOutOfTokens ||= isOut;
    return !isOut;
  }
}
