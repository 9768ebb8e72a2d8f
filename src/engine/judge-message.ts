import { isDropping, mayAsk, mayCommand } from '../core/access.ts';
import { type ChatCommandName, readChatCommand } from '../core/chat-command.ts';
import { isAsking, type MessageDecision } from '../core/decision.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid, QuotedMessage } from '../core/message.ts';
import { decideTrigger } from '../core/trigger.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Outbox } from '../db/outbox.ts';

export interface JudgeMessageDeps {
  readonly outbox: Pick<Outbox, 'has'>;
  readonly inbox: Pick<Inbox, 'isKept'>;
  readonly assistantName: string;
  /** Our own phone JID and LID; empty before the first link. */
  readonly ownJids: () => readonly Jid[];
}

export interface JudgedMessage {
  /** What may be kept of it. */
  readonly message: InboundMessage;
  readonly decision: MessageDecision;
  readonly command?: ChatCommandName;
}

/** Decides what a message of a registered group is, by what it says and by who may ask there. */
export function judgeMessage(
  deps: JudgeMessageDeps,
  received: InboundMessage,
  group: RegisteredGroup,
): JudgedMessage {
  const isAllowed = mayAsk(group, received);
  if (!isAllowed && isDropping(group)) {
    return { message: withoutContent(received), decision: 'dropped' };
  }
  const message = isDropping(group) ? withoutDroppedQuote(deps, received, group) : received;
  const context = { assistantName: deps.assistantName, ownJids: deps.ownJids() };
  const command = readChatCommand(message, group, context);
  if (command !== undefined) {
    return mayCommand(group, message)
      ? { message, decision: 'command', command }
      : { message, decision: 'not_allowed' };
  }
  const isQuoteOfOurs = message.quoted !== undefined && deps.outbox.has(message.quoted.id);
  const decision = decideTrigger(message, group, { ...context, isQuoteOfOurs });
  return { message, decision: isAsking(decision) && !isAllowed ? 'not_allowed' : decision };
}

/** Identity and time: enough to know it again when it is delivered once more. */
function withoutContent(message: InboundMessage): InboundMessage {
  const { media: _, quoted: __, ...identity } = message;
  return { ...identity, senderName: '', text: '', mentions: [] };
}

/** Somebody who may ask can quote somebody of whom nothing may be kept. */
function withoutDroppedQuote(
  deps: JudgeMessageDeps,
  message: InboundMessage,
  group: RegisteredGroup,
): InboundMessage {
  const { quoted, ...rest } = message;
  const isKept = quoted === undefined || mayKeepQuote(deps, message.chatJid, quoted, group);
  return isKept ? message : rest;
}

/** Ids are chosen by senders, so that the author has to agree; of a quote that names none nothing is known. */
function mayKeepQuote(
  { outbox, inbox, ownJids }: JudgeMessageDeps,
  chatJid: Jid,
  { id, senderJid }: QuotedMessage,
  group: RegisteredGroup,
): boolean {
  if (outbox.has(id)) return true;
  if (senderJid === undefined) return false;
  if (ownJids().includes(senderJid) || mayAsk(group, { senderJid, isFromMe: false })) return true;
  // The list may name another identity of the author than the quote does.
  return inbox.isKept(chatJid, senderJid, id);
}
