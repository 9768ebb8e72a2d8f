import { type proto, toNumber, type WAMessage } from '@whiskeysockets/baileys';
import type { InboundMessage, Jid, QuotedMessage } from '../../core/message.ts';
import { readContent } from './content.ts';
import {
  type FindOther,
  isGroup,
  isLid,
  isPhone,
  type OwnIdentity,
  type Person,
  personOf,
  toBareJid,
  toPerson,
  userOf,
} from './identity.ts';
import { readInboundMedia } from './inbound-media.ts';

/**
 * A message for the inbox, or why it is none. A `stub` stands for a message that could not be decrypted: the
 * real one comes later under the same id, so the id must not count as seen.
 */
export type InboundResult =
  | { kind: 'message'; message: InboundMessage }
  | { kind: 'stub'; reason: string }
  | { kind: 'ignored'; reason: string };

export interface InboundContext {
  readonly own: OwnIdentity;
  readonly findOther: FindOther;
  /** Unix milliseconds; used where the stanza has no time. */
  readonly receivedAt: number;
}

/** Phones write no longer texts; whoever does has another program. */
const MAX_TEXT_CHARS = 65_536;
const MAX_NAME_CHARS = 100;
/** Phones make ids of 16 to 32 characters. */
const MAX_ID_CHARS = 128;
/** Members of a WhatsApp group at most. */
const MAX_MENTIONS = 1_024;

type ContextInfo = proto.IContextInfo;

/** Maps what Baileys gives, from a live event or from the journal, to the host's own message. */
export function readInbound(wa: WAMessage, context: InboundContext): InboundResult {
  const content = readContent(wa.message);
  if (wa.messageStubType && content.kind === 'none') {
    return { kind: 'stub', reason: wa.messageStubParameters?.[0] ?? `stub ${wa.messageStubType}` };
  }
  const where = readChat(wa, context);
  if ('reason' in where) return { kind: 'ignored', reason: where.reason };
  if (!wa.key.id) return { kind: 'ignored', reason: 'no id' };
  if (wa.key.id.length > MAX_ID_CHARS) return { kind: 'ignored', reason: 'id too long' };
  if (content.kind === 'none') return { kind: 'ignored', reason: content.reason };
  const { chatJid, chatAltJid, author } = where;
  const quoted = readQuoted(content.context, context);
  const media = readInboundMedia(content.inner, wa.key);
  const message: InboundMessage = {
    chatJid,
    ...(chatAltJid === undefined ? {} : { chatAltJid }),
    senderJid: author.jid,
    ...(author.altJid === undefined ? {} : { senderAltJid: author.altJid }),
    senderName: nameOf(wa) || userOf(author.jid),
    id: wa.key.id,
    sentAt: toNumber(wa.messageTimestamp) * 1000 || context.receivedAt,
    text: cutAt(content.text, MAX_TEXT_CHARS),
    isFromMe: wa.key.fromMe === true,
    isGroup: isGroup(chatJid),
    mentions: mentionsOf(content.context).flatMap((jid) => knownJid(jid, context)),
    ...(quoted === undefined ? {} : { quoted }),
    ...(media === undefined ? {} : { media }),
  };
  return { kind: 'message', message };
}

/** Whom a message names by a JID for which the other may be needed: each LID, and the phone JID of its author. */
export function peopleOf(wa: WAMessage): Jid[] {
  const content = readContent(wa.message);
  const info = content.kind === 'text' ? content.context : undefined;
  const author = [wa.key.remoteJid, wa.key.participant];
  const named = [...author, info?.participant, ...mentionsOf(info)];
  const jids = [...toBareJids(author).filter(isPhone), ...toBareJids(named).filter(isLid)];
  return [...new Set(jids)];
}

function toBareJids(jids: readonly (string | null | undefined)[]): Jid[] {
  return jids.flatMap((jid) => toBareJid(jid) ?? []);
}

type Place = { chatJid: Jid; chatAltJid?: Jid | undefined; author: Person } | { reason: string };

function readChat(wa: WAMessage, { own, findOther }: InboundContext): Place {
  const { remoteJid, remoteJidAlt, participant, participantAlt, fromMe } = wa.key;
  const chat = toBareJid(remoteJid);
  if (chat === undefined) return { reason: 'no chat' };
  if (chat === 'status@broadcast') return { reason: 'status' };
  if (isGroup(chat)) {
    const author = toPerson(
      participant || (fromMe ? own.phone : undefined),
      participantAlt,
      own,
      findOther,
    );
    return author === undefined ? { reason: 'no author' } : { chatJid: chat, author };
  }
  if (!isLid(chat) && !isPhone(chat))
    return { reason: `chat of ${chat.slice(chat.indexOf('@') + 1)}` };
  // In what our phone sends to somebody, the second address may be our own.
  const isOwnAlt = toBareJid(remoteJidAlt) === own.phone;
  const peer = personOf(chat, isOwnAlt ? undefined : remoteJidAlt, own, findOther);
  const author = fromMe ? personOf(own.phone, undefined, own, findOther) : peer;
  return { chatJid: peer.jid, chatAltJid: peer.altJid, author };
}

function readQuoted(
  info: ContextInfo | undefined,
  { own, findOther }: InboundContext,
): QuotedMessage | undefined {
  if (!info?.stanzaId || info.stanzaId.length > MAX_ID_CHARS) return undefined;
  const author = toPerson(info.participant, undefined, own, findOther);
  const content = readContent(info.quotedMessage);
  return {
    id: info.stanzaId,
    ...(author === undefined ? {} : { senderJid: author.jid }),
    text: content.kind === 'text' ? cutAt(content.text, MAX_TEXT_CHARS) : '',
  };
}

/** What the author calls themselves, in one line; phones allow 25 characters. */
function nameOf({ pushName, verifiedBizName }: WAMessage): string {
  const name = pushName?.trim() || verifiedBizName?.trim() || '';
  return cutAt(name, MAX_NAME_CHARS).replaceAll(/\s+/gu, ' ').trim();
}

/** Cut by UTF-16 units; half a character at the cut becomes U+FFFD. */
function cutAt(text: string, maxChars: number): string {
  return text.length > maxChars ? text.slice(0, maxChars).toWellFormed() : text;
}

/** The author chooses the list; no more of it is looked up than a group has members. */
function mentionsOf(info: ContextInfo | undefined): string[] {
  return (info?.mentionedJid ?? []).slice(0, MAX_MENTIONS);
}

function knownJid(jid: string, { own, findOther }: InboundContext): Jid[] {
  const person = toPerson(jid, undefined, own, findOther);
  return person === undefined ? [] : [person.jid];
}
