import type { PromptMessage } from './prompt.ts';

/** Characters of conversation in one prompt; the oldest messages that ask for nothing give way. */
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

/**
 * The messages that ask for an answer, all of them, and the newest others that still fit, in their order: a
 * long text of one member must not push out what another has asked.
 */
export function takeAsked<T extends { readonly text: string; readonly isTrigger: boolean }>(
  messages: readonly T[],
  maxChars: number = MAX_CONVERSATION_CHARS,
): T[] {
  const asked = messages.filter((message) => message.isTrigger);
  let room = asked.reduce((left, message) => left - message.text.length, maxChars);
  const fitting = new Set<T>(asked);
  for (const message of messages.toReversed()) {
    if (message.isTrigger) continue;
    room -= message.text.length;
    if (room < 0) break;
    fitting.add(message);
  }
  return messages.filter((message) => fitting.has(message));
}

/** Two conversations in the order in which they were said. */
export function mergeByTime(
  one: readonly PromptMessage[],
  other: readonly PromptMessage[],
): PromptMessage[] {
  return [...one, ...other].toSorted((a, b) => a.sentAt - b.sentAt);
}
