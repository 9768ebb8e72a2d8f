import type { CodexAuthMethod } from '@deckhand/protocol';
import { formatModelRef, type ModelProvider, type ModelRef } from './model-ref.ts';

export interface PinnedRefs {
  readonly refs: readonly ModelRef[];
  /** A sentence for every model that is left out or asked through the pinned credential. */
  readonly notes: readonly string[];
}

/**
 * Keeps the models of OpenAI that the group's pinned credential serves; Claude's stay where they are. When
 * none would be left, the same models are asked through the pinned credential: somebody who pins one and
 * names a model wants both, and the provider's answer says more than silence.
 */
export function pinProvider(
  refs: readonly ModelRef[],
  method: CodexAuthMethod | undefined,
): PinnedRefs {
  if (method === undefined) return { refs, notes: [] };
  const provider: ModelProvider = method === 'chatgpt' ? 'openai-codex' : 'openai';
  const isOther = (ref: ModelRef) => ref.provider !== provider && ref.provider !== 'anthropic';
  const others = refs.filter(isOther);
  const because = `the group is set to auth ${method}.`;
  if (refs.some((ref) => ref.provider === provider)) {
    const notes = others.map((ref) => `${formatModelRef(ref)} is left out: ${because}`);
    return { refs: refs.filter((ref) => !isOther(ref)), notes };
  }
  const notes = others.map((ref) => {
    const moved = formatModelRef({ ...ref, provider });
    return `${formatModelRef(ref)} is asked as ${moved}: ${because}`;
  });
  return { refs: refs.map((ref) => (isOther(ref) ? { ...ref, provider } : ref)), notes };
}
