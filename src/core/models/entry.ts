import type { Effort } from './effort.ts';
import type { ModelRef } from './model-ref.ts';

/** When a model was switched off for one kind of credential. */
export interface Retirement {
  /** Month, `2026-06`. */
  readonly since: string;
  /** Who says so; we could not ask the provider ourselves. */
  readonly source: 'public reports';
}

/** What is known of a model through one provider. */
export interface ModelEntry extends ModelRef {
  /** In tokens; absent when nobody tells. */
  readonly contextWindow?: number;
  /** Reasoning efforts that a request may name; empty for a model that does not reason. */
  readonly efforts: readonly Effort[];
  readonly defaultEffort?: Effort;
  /** Tools and instructions go in as input items ("Responses Lite"). */
  readonly isLite: boolean;
  /** For the credential that the provider stands for. */
  readonly retirement?: Retirement;
  /** The model whose data these are, when nobody has listed this one. */
  readonly clonedFrom?: string;
}

/** Whether the month of the retirement has begun. `now` in unix milliseconds. */
export function isRetired(retirement: Retirement | undefined, now: number): boolean {
  return retirement !== undefined && new Date(now).toISOString().slice(0, 7) >= retirement.since;
}
