import type { Now } from '../clock.ts';
import type { ChatCommandName } from '../core/chat-command.ts';
import { isAsking, type MessageDecision } from '../core/decision.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid } from '../core/message.ts';
import type { ChatCommandStore } from '../db/chat-commands.ts';
import type { Chats } from '../db/chats.ts';
import type { Db } from '../db/database.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Media } from '../db/media.ts';
import type { Outbox } from '../db/outbox.ts';
import type { ReportActivity } from './activity.ts';
import { type JudgeMessageDeps, judgeMessage } from './judge-message.ts';
import type { LimitRate } from './limit-rate.ts';
import type { Receipts } from './receipts.ts';

export interface IngestDeps extends JudgeMessageDeps {
  readonly db: Db;
  readonly inbox: Inbox;
  readonly media: Media;
  readonly outbox: Outbox;
  readonly chats: Chats;
  readonly chatCommands: ChatCommandStore;
  readonly receipts: Pick<Receipts, 'accept'>;
  /** Leaves a question out that has become too old. */
  judgeAge(decision: MessageDecision, message: InboundMessage): MessageDecision;
  /** Leaves a question out when more is asked than may be. */
  readonly limitRate: LimitRate;
  findGroup(jid: Jid): RegisteredGroup | undefined;
  readonly now: Now;
  /** A message with a file is stored, perhaps within a transaction that has not ended. */
  onMedia(messageSeq: number, chatJid: Jid): void;
  /** A command to the host itself is stored, perhaps within a transaction that has not ended. */
  onCommand(seq: number): void;
  /** A message that asks for an answer is stored. */
  onPending(chatJid: Jid): void;
  readonly report: ReportActivity;
}

/** `dropped`: its sender may not ask, and nothing but its identity and time is kept. */
export type IngestOutcome =
  | 'trigger'
  | 'context'
  | 'dropped'
  | 'duplicate'
  | 'own'
  | 'unregistered';

/**
 * Stores a message durably, once, before it returns; may be called within a transaction of the channel. Of
 * chats that are not registered only the chat itself is noted.
 */
export function createIngest(deps: IngestDeps) {
  const store = deps.db.transaction((message: InboundMessage): Stored => {
    deps.chats.touch(message);
    return storeMessage(deps, message);
  });
  return (received: InboundMessage): IngestOutcome => {
    const message = underRegisteredJid(deps, received);
    const stored = store.immediate(message);
    if (stored.outcome !== 'kept') return stored.outcome;
    const { decision, mediaSeq, commandSeq } = stored;
    if (decision === 'dropped') return 'dropped';
    const { chatJid, id: messageId } = message;
    const trigger = isAsking(decision) ? decision : null;
    deps.report({ type: 'received', chatJid, messageId, trigger });
    if (mediaSeq !== undefined) deps.onMedia(mediaSeq, chatJid);
    if (commandSeq !== undefined) deps.onCommand(commandSeq);
    if (trigger !== null) deps.onPending(chatJid);
    return trigger === null ? 'context' : 'trigger';
  };
}

/**
 * A chat with one person may be registered under either of the person's JIDs, and which one is canonical can
 * change when WhatsApp tells the other.
 */
function underRegisteredJid(deps: IngestDeps, message: InboundMessage): InboundMessage {
  const { chatJid, chatAltJid } = message;
  if (chatAltJid === undefined) return message;
  const isKnown = deps.findGroup(chatJid) !== undefined;
  if (isKnown || deps.findGroup(chatAltJid) === undefined) return message;
  return { ...message, chatJid: chatAltJid };
}

type Stored =
  | { outcome: 'duplicate' | 'own' | 'unregistered' }
  | {
      outcome: 'kept';
      decision: MessageDecision;
      mediaSeq?: number | undefined;
      commandSeq?: number | undefined;
    };

function storeMessage(deps: IngestDeps, received: InboundMessage): Stored {
  // WhatsApp echoes what we send. What the owner writes on the phone has an id of its own.
  if (received.isFromMe && deps.outbox.has(received.id)) return { outcome: 'own' };
  const group = deps.findGroup(received.chatJid);
  if (group === undefined) return { outcome: 'unregistered' };
  const { message, command, ...judged } = judgeMessage(deps, received, group);
  const aged = deps.judgeAge(judged.decision, message);
  const excess = isAsking(aged) ? deps.limitRate(message, group) : undefined;
  const decision = excess === undefined ? aged : 'rate_limited';
  if (!insertOnce(deps, message, decision)) return { outcome: 'duplicate' };
  excess?.tell();
  if (command !== undefined) {
    return { outcome: 'kept', decision, commandSeq: storeCommand(deps, message, command) };
  }
  if (isAsking(decision)) deps.receipts.accept(message);
  return { outcome: 'kept', decision, mediaSeq: deps.media.insert(message) };
}

/** What is asked of the host is no question to an agent, which sees it later as something that was said. */
function storeCommand(
  { chatCommands, now }: IngestDeps,
  { chatJid, id: messageId }: InboundMessage,
  command: ChatCommandName,
): number | undefined {
  return chatCommands.insert({ chatJid, messageId, command }, now());
}

/** False when the message is there already. */
function insertOnce(deps: IngestDeps, message: InboundMessage, decision: MessageDecision): boolean {
  return !isKnownOtherwise(deps, message) && deps.inbox.insert(message, decision, deps.now());
}

/** Redelivered after WhatsApp has told the author's other JID, which is the canonical one from then on. */
function isKnownOtherwise({ inbox }: IngestDeps, message: InboundMessage): boolean {
  const { chatJid, senderAltJid, id } = message;
  return senderAltJid !== undefined && inbox.has(chatJid, senderAltJid, id);
}
