import type { AskingDecision } from './decision.ts';
import type { RegisteredGroup } from './group.ts';
import type { InboundMessage, Jid } from './message.ts';

export type TriggerDecision = AskingDecision | 'empty' | 'not_addressed';

export interface TriggerContext {
  readonly assistantName: string;
  /** Our own phone JID and LID, without device. */
  readonly ownJids: readonly Jid[];
  /** Whether the quoted message was sent by us. */
  readonly isQuoteOfOurs: boolean;
}

/**
 * Decides whether a message of a registered group asks for an answer, whoever sent it. Messages that this host
 * sent have been left out before; what the owner of the account writes on their phone counts like any member's message.
 */
export function decideTrigger(
  message: InboundMessage,
  group: RegisteredGroup,
  context: TriggerContext,
): TriggerDecision {
  if (message.text.trim() === '') return 'empty';
  if (isTriggerNamed(message.text, triggerWord(group, context.assistantName))) return 'name';
  if (message.mentions.some((jid) => context.ownJids.includes(jid))) return 'mention';
  if (context.isQuoteOfOurs) return 'reply';
  if (!requiresTrigger(group)) return 'always';
  return 'not_addressed';
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
