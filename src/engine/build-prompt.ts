import { randomBytes } from 'node:crypto';
import { mergeByTime, takeNewest } from '../core/conversation.ts';
import type { Jid } from '../core/message.ts';
import { encodeConversation, type PromptMessage } from '../core/prompt.ts';
import type { Inbox, StoredMessage } from '../db/inbox.ts';
import type { Outbox, OutboxEntry } from '../db/outbox.ts';

/** Missed messages shown to one run; triggers beyond it are shown all the same. */
const MAX_MISSED_MESSAGES = 200;

export interface BuildPromptDeps {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly historyMessages: number;
  readonly timeZone: string;
}

export interface Prompt {
  /** Earlier conversation with our own answers; empty when there is none. */
  readonly history: string;
  /** What this run is to answer, with the messages missed since the last run. */
  readonly prompt: string;
}

/** Encodes a run's claimed messages and the conversation before them. */
export function buildPrompt(
  deps: BuildPromptDeps,
  chatJid: Jid,
  claimed: readonly StoredMessage[],
): Prompt {
  const boundary = randomBytes(9).toString('base64url');
  const history = recentConversation(deps, chatJid, claimed[0]?.seq ?? 0);
  return {
    history:
      history.length === 0 ? '' : encodeConversation('history', history, deps.timeZone, boundary),
    prompt: encodeConversation('messages', selectMissed(claimed), deps.timeZone, boundary),
  };
}

function selectMissed(claimed: readonly StoredMessage[]): PromptMessage[] {
  const firstKept = claimed.length - MAX_MISSED_MESSAGES;
  const kept = claimed.filter((message, index) => message.isTrigger || index >= firstKept);
  return takeNewest(kept.map(fromInbox), kept.length);
}

function recentConversation(deps: BuildPromptDeps, chatJid: Jid, beforeSeq: number) {
  const limit = deps.historyMessages;
  if (limit === 0) return [];
  const said = deps.inbox.recentBefore(chatJid, beforeSeq, limit).map(fromInbox);
  const answered = deps.outbox.recent(chatJid, limit).map(fromOutbox);
  return takeNewest(mergeByTime(said, answered), limit);
}

function fromInbox(message: StoredMessage): PromptMessage {
  const { id, senderName, senderJid, sentAt, text, quotedText } = message;
  return {
    id,
    senderName,
    senderJid,
    sentAt,
    text,
    isAssistant: false,
    ...(quotedText === undefined ? {} : { quotedText }),
  };
}

function fromOutbox({ message, createdAt }: OutboxEntry): PromptMessage {
  return {
    id: message.id,
    senderName: '',
    senderJid: '',
    sentAt: createdAt,
    text: message.text,
    isAssistant: true,
  };
}
