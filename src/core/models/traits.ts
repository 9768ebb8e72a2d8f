import type { ModelRef } from './model-ref.ts';

/** What a request to a model depends on. */
export interface ModelTraits {
  /** Tools and instructions go in as input items ("Responses Lite"). */
  readonly isLite: boolean;
  /** The nearest reasoning effort that the model supports; undefined when it takes none. */
  clampEffort(effort: string): string | undefined;
}

export type DescribeModel = (ref: ModelRef) => ModelTraits;
