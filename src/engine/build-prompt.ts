import { randomBytes } from 'node:crypto';
import { mergeByTime, takeAsked, takeNewest } from '../core/conversation.ts';
import type { Jid } from '../core/message.ts';
import { describeOutbound } from '../core/outbound/describe.ts';
import { encodeConversation, type PromptMessage } from '../core/prompt.ts';
import type { Inbox, StoredMessage } from '../db/inbox.ts';
import type { Outbox, OutboxEntry } from '../db/outbox.ts';
import type { Run } from '../db/runs.ts';

/** Newest missed messages shown to one run; triggers beyond them are shown all the same. */
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
  /** What this run is to answer, with the messages missed since the last run; empty without any. */
  readonly prompt: string;
}

/** Encodes a run's claimed messages and the conversation before them. */
export function buildPrompt(
  deps: BuildPromptDeps,
  { id, chatJid }: Pick<Run, 'id' | 'chatJid'>,
): Prompt {
  const missed = takeAsked(deps.inbox.shownTo(id, MAX_MISSED_MESSAGES));
  const boundary = randomBytes(9).toString('base64url');
  const history = recentConversation(deps, chatJid, missed[0]?.seq ?? Number.MAX_SAFE_INTEGER);
  return {
    history:
      history.length === 0 ? '' : encodeConversation('history', history, deps.timeZone, boundary),
    prompt:
      missed.length === 0
        ? ''
        : encodeConversation('messages', missed.map(fromInbox), deps.timeZone, boundary),
  };
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
    text: describeOutbound(message),
    isAssistant: true,
  };
}
