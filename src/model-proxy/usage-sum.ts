import type { Usage } from '@deckhand/protocol';

export const NO_USAGE: Usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

export function addUsage(one: Usage, other: Usage): Usage {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
  };
}

/** The larger of each count. */
export function maxUsage(one: Usage, other: Usage): Usage {
  return {
    inputTokens: Math.max(one.inputTokens, other.inputTokens),
    cachedInputTokens: Math.max(one.cachedInputTokens, other.cachedInputTokens),
    outputTokens: Math.max(one.outputTokens, other.outputTokens),
  };
}

/** Input and output, as budgets count them. */
export function totalOf({ inputTokens, outputTokens }: Usage): number {
  return inputTokens + outputTokens;
}
