import type { CodexAuthMethod } from '@deckhand/protocol';
import { formatModelRef, type ModelProvider, type ModelRef } from './model-ref.ts';

export interface PinnedRefs {
  readonly refs: readonly ModelRef[];
  /** A sentence when a model was moved to the pinned credential. */
  readonly problems: readonly string[];
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
  if (method === undefined) return { refs, problems: [] };
  const provider: ModelProvider = method === 'chatgpt' ? 'openai-codex' : 'openai';
  const isOther = (ref: ModelRef) => ref.provider !== provider && ref.provider !== 'anthropic';
  if (refs.some((ref) => ref.provider === provider)) {
    return { refs: refs.filter((ref) => !isOther(ref)), problems: [] };
  }
  const moved = refs.map((ref) => (isOther(ref) ? { ...ref, provider } : ref));
  const problems = refs
    .filter(isOther)
    .map(
      (ref) =>
        `${formatModelRef(ref)} is asked as ${formatModelRef({ ...ref, provider })}: ` +
        `the group is set to auth ${method}.`,
    );
  return { refs: moved, problems };
}
