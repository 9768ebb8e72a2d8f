import type { FailureClass } from '@deckhand/protocol';
import type { ModelRef } from '../core/models/model-ref.ts';

/**
 * Which model a request asks: the attempt's own, one of the family that is its own, or a small one that the Claude CLI
 * asks beside it, for titles and searches.
 */
export type AskedModel = 'own' | 'family' | 'beside';

const HAIKU = /^claude-haiku-[\w.-]{1,60}$/;
/** Names the longest context of a model; the CLI keeps it from the server and says it in a header. */
const CONTEXT_MARK = /\[1m\]$/i;
/** A family that the CLI translates into its newest model. */
const FAMILY = /^(sonnet|opus|haiku)$/i;

/** Undefined for every other model, which the attempt may not ask. */
export function judgeModel({ provider, model }: ModelRef, asked: string): AskedModel | undefined {
  if (provider !== 'anthropic') return asked === model ? 'own' : undefined;
  const name = model.replace(CONTEXT_MARK, '');
  if (asked.replace(CONTEXT_MARK, '') === name) return 'own';
  if (FAMILY.test(name) && asked.startsWith(`claude-${name.toLowerCase()}-`)) return 'family';
  return HAIKU.test(asked) ? 'beside' : undefined;
}

/**
 * Whether a failure is one of the attempt's own model, which other groups may not be able to ask either then. An agent
 * can make up names for the others, and be told that there is no such model.
 */
export function isOfOwnModel(asked: AskedModel | undefined, failure: FailureClass): boolean {
  return asked === 'own' || (asked === 'family' && failure !== 'model');
}
