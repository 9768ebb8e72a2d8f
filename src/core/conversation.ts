import type { PromptMessage } from './prompt.ts';

/** Characters of conversation that one prompt carries at most; the oldest messages give way. */
const MAX_CONVERSATION_CHARS = 60_000;

/**
 * The newest messages that fit both bounds, oldest first. At least the last one is kept.
 */
export function takeNewest(
  messages: readonly PromptMessage[],
  maxMessages: number,
  maxChars: number = MAX_CONVERSATION_CHARS,
): PromptMessage[] {
  const taken: PromptMessage[] = [];
  const newestFirst = messages.toReversed();
  for (const message of newestFirst.slice(0, Math.max(maxMessages, 1))) {
    const chars = taken.reduce((sum, one) => sum + one.text.length, message.text.length);
    if (taken.length > 0 && chars > maxChars) break;
    taken.push(message);
  }
  return taken.toReversed();
}

/** Two conversations in the order in which they were said. */
export function mergeByTime(
  one: readonly PromptMessage[],
  other: readonly PromptMessage[],
): PromptMessage[] {
  return [...one, ...other].toSorted((a, b) => a.sentAt - b.sentAt);
}
