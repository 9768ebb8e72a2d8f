import type { FailureClass, Usage } from '@deckhand/protocol';
import type { SeenFailure } from '../core/models/seen-failure.ts';
import type { AnswerTap } from './answer-tap.ts';
import { addUsage, NO_USAGE } from './usage-sum.ts';

/** What the host has seen of an attempt. */
export interface SeenOfModel {
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
  readonly #open = new Set<AnswerTap>();
  #closed: Usage = NO_USAGE;
  lastFailure: SeenFailure | undefined;
  isOutOfTokens = false;

  /** `tokensLeft`: input and output tokens that the attempt may use; no limit when absent. */
  constructor(tokensLeft = Number.POSITIVE_INFINITY) {
    this.#tokensLeft = tokensLeft;
  }

  /** Of answers that go on too. */
  get usage(): Usage {
    return [...this.#open].reduce((sum, tap) => addUsage(sum, tap.usage), this.#closed);
  }

  /** Counts the answer from now on; disposing says that it has come to its end. */
  follow(tap: AnswerTap): Disposable {
    this.#open.add(tap);
    return {
      [Symbol.dispose]: () => {
        tap.end();
        if (this.#open.delete(tap)) this.noteUsage(tap.usage);
      },
    };
  }

  noteUsage(usage: Usage): void {
    this.#closed = addUsage(this.#closed, usage);
  }

  noteFailure(failure: SeenFailure): void {
    this.lastFailure = failure;
    this.failures.set(failure.class, failure);
  }

  /** Whether the model may be asked once more. */
  mayAsk(): boolean {
    const { inputTokens, outputTokens } = this.usage;
    const isOut = inputTokens + outputTokens >= this.#tokensLeft;
    this.isOutOfTokens ||= isOut;
    return !isOut;
  }
}
