import type { Provider } from '@deckhand/protocol';
import type { ModelRef } from './model-ref.ts';

/** One way to answer: a model, and the program in the container that asks it. */
export interface ModelRoute {
  readonly ref: ModelRef;
  /** `provider/model`: what cool-downs, runs and messages to people name. */
  readonly name: string;
  readonly agent: Provider;
}
