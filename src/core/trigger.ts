import type { RegisteredGroup } from './group.ts';
import type { InboundMessage, Jid } from './message.ts';

export type TriggerReason = 'name' | 'mention' | 'reply' | 'always';
export type TriggerDecision =
  | { isTrigger: true; reason: TriggerReason }
  | { isTrigger: false; reason: 'empty' | 'not addressed' };

export interface TriggerContext {
  readonly assistantName: string;
  /** Our own phone JID and LID, without device. */
  readonly ownJids: readonly Jid[];
  /** Whether the quoted message was sent by us. */
  readonly isQuoteOfOurs: boolean;
}

/**
 * Decides whether a message of a registered group asks for an answer. Messages that this host sent have been
 * left out before; what the owner of the account writes on their phone counts like any member's message.
 */
export function decideTrigger(
  message: InboundMessage,
  group: RegisteredGroup,
  context: TriggerContext,
): TriggerDecision {
  if (message.text.trim() === '') return { isTrigger: false, reason: 'empty' };
  if (isTriggerNamed(message.text, triggerWord(group, context.assistantName))) {
    return { isTrigger: true, reason: 'name' };
  }
  if (message.mentions.some((jid) => context.ownJids.includes(jid))) {
    return { isTrigger: true, reason: 'mention' };
  }
  if (context.isQuoteOfOurs) return { isTrigger: true, reason: 'reply' };
  if (!requiresTrigger(group)) return { isTrigger: true, reason: 'always' };
  return { isTrigger: false, reason: 'not addressed' };
}

/** The main group never needs a trigger unless its registration says so. */
function requiresTrigger(group: RegisteredGroup): boolean {
  return group.requiresTrigger ?? !group.isMain;
}

/** The word after `@` that calls the assistant in this group, without the `@`. */
function triggerWord(group: RegisteredGroup, assistantName: string): string {
  return (group.trigger ?? assistantName).replace(/^@/, '');
}

/**
 * True when `@word` occurs with nothing of a word on either side: letters, digits, marks and `_` of any
 * script count as word characters, and an address like `me@assistant.org` is no trigger.
 */
export function isTriggerNamed(text: string, word: string): boolean {
  const escaped = word.normalize('NFC').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}\\p{M}_.@+-])@${escaped}(?![\\p{L}\\p{N}\\p{M}_]|[.@-][\\p{L}\\p{N}])`,
    'iu',
  );
  return pattern.test(text.normalize('NFC'));
}
