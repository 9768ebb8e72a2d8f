import { mergeByTime, takeAsked, takeNewest } from '../core/conversation.ts';
import { describeMissing, takeImages } from '../core/inbound-media.ts';
import type { Jid } from '../core/message.ts';
import { describeOutbound } from '../core/outbound/describe.ts';
import { encodeConversation, type PromptAttachment, type PromptMessage } from '../core/prompt.ts';
import type { Inbox, StoredMessage } from '../db/inbox.ts';
import type { Media, MessageMedia } from '../db/media.ts';
import type { Outbox, OutboxEntry } from '../db/outbox.ts';
import type { Run } from '../db/runs.ts';
import type { RandomBytes } from '../random.ts';

/** Newest missed messages shown to one run; triggers beyond them are shown all the same. */
const MAX_MISSED_MESSAGES = 200;

export interface BuildPromptDeps {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly media: Media;
  readonly historyMessages: number;
  readonly timeZone: string;
  readonly randomBytes: RandomBytes;
}

export interface Prompt {
  /** Earlier conversation with our own answers; empty when there is none. */
  readonly history: string;
  /** What this run is to answer, with the messages missed since the last run; empty without any. */
  readonly prompt: string;
  /** Pictures among the messages to answer, as paths below the group's folder. */
  readonly images?: readonly string[];
}

/** Encodes a run's claimed messages and the conversation before them. */
export function buildPrompt(
  deps: BuildPromptDeps,
  { id, chatJid }: Pick<Run, 'id' | 'chatJid'>,
): Prompt {
  const missed = takeAsked(deps.inbox.shownTo(id, MAX_MISSED_MESSAGES));
  const asked = missed.map((message) => fromInbox(deps, message));
  const files = missed.flatMap(({ seq }) => deps.media.ofMessage(seq)?.file ?? []);
  const boundary = deps.randomBytes(9).toString('base64url');
  const history = recentConversation(deps, chatJid, missed[0]?.seq ?? Number.MAX_SAFE_INTEGER);
  return {
    history:
      history.length === 0 ? '' : encodeConversation('history', history, deps.timeZone, boundary),
    images: takeImages(files),
    prompt:
      missed.length === 0 ? '' : encodeConversation('messages', asked, deps.timeZone, boundary),
  };
}

function recentConversation(deps: BuildPromptDeps, chatJid: Jid, beforeSeq: number) {
  const limit = deps.historyMessages;
  if (limit === 0) return [];
  const said = deps.inbox
    .recentBefore(chatJid, beforeSeq, limit)
    .map((one) => fromInbox(deps, one));
  const answered = deps.outbox.recent(chatJid, limit).map(fromOutbox);
  return takeNewest(mergeByTime(said, answered), limit);
}

function fromInbox({ media }: BuildPromptDeps, message: StoredMessage): PromptMessage {
  const attached = media.ofMessage(message.seq);
  const { id, senderName, senderJid, sentAt, text, quotedText } = message;
  return {
    id,
    senderName,
    senderJid,
    sentAt,
    text,
    isAssistant: false,
    ...(quotedText === undefined ? {} : { quotedText }),
    ...(attached === undefined ? {} : { attachment: describeAttachment(attached) }),
  };
}

function describeAttachment({ kind, fileName, file }: MessageMedia): PromptAttachment {
  if (file.state === 'stored') return { kind, fileName, file };
  return { kind, fileName, file: { missing: describeMissing(kind, file) } };
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
