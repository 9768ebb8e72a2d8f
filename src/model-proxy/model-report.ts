import { EventEmitter, once } from 'node:events';
import type { FailureClass, Usage } from '@deckhand/protocol';
import type { SeenFailure } from '../core/models/seen-failure.ts';
import type { AnswerTap } from './answer-tap.ts';
import { addUsage, NO_USAGE, totalOf } from './usage-sum.ts';

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
  /** As many wait as may ask at a time. */
  readonly #ends = new EventEmitter().setMaxListeners(0);
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

  /**
   * Counts a question from now on, before it is sent; disposing says that it has come to its end. Undefined when the
   * tokens are used up. While the questions under way may use up what is left, another one waits for the end of one of
   * them. Rejects when the signal aborts meanwhile.
   */
  async admit(tap: AnswerTap, signal: AbortSignal): Promise<Disposable | undefined> {
    while (totalOf(this.#closed) < this.#tokensLeft) {
      if (this.#promised < this.#tokensLeft) return this.#follow(tap);
      await once(this.#ends, 'end', { signal });
    }
    this.isOutOfTokens = true;
    return undefined;
  }

  noteUsage(usage: Usage): void {
    this.#closed = addUsage(this.#closed, usage);
  }

  noteFailure(failure: SeenFailure): void {
    this.lastFailure = failure;
    this.failures.set(failure.class, failure);
  }

  get #promised(): number {
    return [...this.#open].reduce((sum, tap) => sum + tap.reserved, totalOf(this.#closed));
  }

  #follow(tap: AnswerTap): Disposable {
    this.#open.add(tap);
    return {
      [Symbol.dispose]: () => {
        tap.end();
        if (this.#open.delete(tap)) this.noteUsage(tap.usage);
        this.#ends.emit('end');
      },
    };
  }
}
