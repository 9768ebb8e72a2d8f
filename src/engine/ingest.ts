import type { Now } from '../clock.ts';
import { type ChatCommandName, readChatCommand } from '../core/chat-command.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid } from '../core/message.ts';
import { decideTrigger, type TriggerReason } from '../core/trigger.ts';
import type { ChatCommandStore } from '../db/chat-commands.ts';
import type { Chats } from '../db/chats.ts';
import type { Db } from '../db/database.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Media } from '../db/media.ts';
import type { Outbox } from '../db/outbox.ts';
import type { ReportActivity } from './activity.ts';

export interface IngestDeps {
  readonly db: Db;
  readonly inbox: Inbox;
  readonly media: Media;
  readonly outbox: Outbox;
  readonly chats: Chats;
  readonly chatCommands: ChatCommandStore;
  readonly assistantName: string;
  findGroup(jid: Jid): RegisteredGroup | undefined;
  /** Our own phone JID and LID; empty before the first link. */
  ownJids(): readonly Jid[];
  readonly now: Now;
  /** A message with a file is stored, perhaps within a transaction that has not ended. */
  onMedia(messageSeq: number): void;
  /** A command to the host itself is stored, perhaps within a transaction that has not ended. */
  onCommand(seq: number): void;
  /** A message that asks for an answer is stored. */
  onPending(chatJid: Jid): void;
  readonly report: ReportActivity;
}

export type IngestOutcome = 'trigger' | 'context' | 'duplicate' | 'own' | 'unregistered';

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
    if (stored.outcome !== 'trigger' && stored.outcome !== 'context') return stored.outcome;
    const { chatJid, id: messageId } = message;
    deps.report({ type: 'received', chatJid, messageId, trigger: stored.trigger });
    if (stored.mediaSeq !== undefined) deps.onMedia(stored.mediaSeq);
    if (stored.commandSeq !== undefined) deps.onCommand(stored.commandSeq);
    if (stored.outcome === 'trigger') deps.onPending(chatJid);
    return stored.outcome;
  };
}

/**
 * A chat with one person may be registered under either of the person's JIDs, and which one is canonical can
 * change when WhatsApp tells the other.
 */
function underRegisteredJid(deps: IngestDeps, message: InboundMessage): InboundMessage {
  const { chatJid, senderJid, senderAltJid } = message;
  if (chatJid !== senderJid || senderAltJid === undefined) return message;
  const isKnown = deps.findGroup(chatJid) !== undefined;
  if (isKnown || deps.findGroup(senderAltJid) === undefined) return message;
  return { ...message, chatJid: senderAltJid };
}

type Stored =
  | { outcome: Exclude<IngestOutcome, 'trigger' | 'context'> }
  | { outcome: 'trigger'; trigger: TriggerReason; mediaSeq: number | undefined; commandSeq?: never }
  | {
      outcome: 'context';
      trigger: null;
      mediaSeq: number | undefined;
      commandSeq?: number | undefined;
    };

function storeMessage(deps: IngestDeps, message: InboundMessage): Stored {
  // WhatsApp echoes what we send. What the owner writes on the phone has an id of its own.
  if (message.isFromMe && deps.outbox.has(message.id)) return { outcome: 'own' };
  const group = deps.findGroup(message.chatJid);
  if (group === undefined) return { outcome: 'unregistered' };
  const context = { assistantName: deps.assistantName, ownJids: deps.ownJids() };
  const command = readChatCommand(message, group, context);
  if (command !== undefined) return storeCommand(deps, message, command);
  const isQuoteOfOurs = message.quoted !== undefined && deps.outbox.has(message.quoted.id);
  const decision = decideTrigger(message, group, { ...context, isQuoteOfOurs });
  if (!insertOnce(deps, message, decision.isTrigger)) return { outcome: 'duplicate' };
  const mediaSeq = deps.media.insert(message);
  return decision.isTrigger
    ? { outcome: 'trigger', trigger: decision.reason, mediaSeq }
    : { outcome: 'context', trigger: null, mediaSeq };
}

/** What is asked of the host is no question to an agent, which sees it later as something that was said. */
function storeCommand(deps: IngestDeps, message: InboundMessage, command: ChatCommandName): Stored {
  if (!insertOnce(deps, message, false)) return { outcome: 'duplicate' };
  const { chatJid, id: messageId } = message;
  const commandSeq = deps.chatCommands.insert({ chatJid, messageId, command }, deps.now());
  return { outcome: 'context', trigger: null, mediaSeq: undefined, commandSeq };
}

/** False when the message is there already. */
function insertOnce(deps: IngestDeps, message: InboundMessage, isTrigger: boolean): boolean {
  return !isKnownOtherwise(deps, message) && deps.inbox.insert(message, isTrigger, deps.now());
}

/** Redelivered after WhatsApp has told the author's other JID, which is the canonical one from then on. */
function isKnownOtherwise({ inbox }: IngestDeps, message: InboundMessage): boolean {
  const { chatJid, senderAltJid, id } = message;
  return senderAltJid !== undefined && inbox.has(chatJid, senderAltJid, id);
}
