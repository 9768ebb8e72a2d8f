import type { InboundMedia } from './inbound-media.ts';

/** Chat, group and person identifiers are WhatsApp JIDs without a device part, in lower case. */
export type Jid = string;

export interface QuotedMessage {
  readonly id: string;
  /** Canonical author; absent when the stanza did not say. */
  readonly senderJid?: Jid;
  readonly text: string;
}

/** A message of a chat as the host keeps it. Identity is (chatJid, senderJid, id): the sender chooses the id. */
export interface InboundMessage {
  readonly chatJid: Jid;
  /** The other JID of the person a direct chat is with, where known. */
  readonly chatAltJid?: Jid;
  /** Canonical author: the phone JID where it is known, else the LID. */
  readonly senderJid: Jid;
  /** The author's other identity, where known. */
  readonly senderAltJid?: Jid;
  /** What the author calls themselves. Data only: it grants nothing. */
  readonly senderName: string;
  readonly id: string;
  /** When the author's phone sent it, unix milliseconds (WhatsApp gives whole seconds). */
  readonly sentAt: number;
  readonly text: string;
  readonly isFromMe: boolean;
  readonly isGroup: boolean;
  /** JIDs mentioned, canonical where known. */
  readonly mentions: readonly Jid[];
  readonly quoted?: QuotedMessage;
  readonly media?: InboundMedia;
}

/** A message of a chat that something else refers to. */
export interface TargetMessage {
  readonly quoted: QuotedMessage;
  /** The account itself wrote it, by the assistant or on the phone. */
  readonly isFromMe: boolean;
  /** When the assistant sent it, unix milliseconds; absent for what it did not send, or what is no text. */
  readonly textSentAt?: number;
}

interface Outbound {
  /** WhatsApp message id: `3EB0` and 18 upper-case hex digits, as Baileys makes them. */
  readonly id: string;
  readonly chatJid: Jid;
}

export interface OutboundText extends Outbound {
  readonly kind: 'text';
  /** Already in WhatsApp's formatting and within one message's size. */
  readonly text: string;
  readonly mentions: readonly Jid[];
  readonly quoted?: QuotedMessage;
}

export interface OutboundReaction extends Outbound {
  readonly kind: 'reaction';
  /** The message reacted to; without a sender it is one of ours. */
  readonly target: { readonly id: string; readonly senderJid?: Jid };
  /** One emoji; empty takes an earlier reaction back. */
  readonly emoji: string;
  /** Unix milliseconds; part of the bytes sent, so it stays the same over every resend. */
  readonly at: number;
}

export interface OutboundEdit extends Outbound {
  readonly kind: 'edit';
  /** Id of the earlier text of ours that is replaced. */
  readonly targetId: string;
  readonly text: string;
  readonly mentions: readonly Jid[];
  /** Unix milliseconds, as in a reaction. */
  readonly at: number;
}

export interface OutboundMedia extends Outbound {
  readonly kind: 'media';
  readonly media: OutboundMediaKind;
  /** Name in the spool folder, which holds the bytes until the server has the message. */
  readonly spoolName: string;
  readonly mimetype: string;
  /** Shown for a document. */
  readonly fileName?: string;
  readonly caption?: string;
  /** Length of a voice note. */
  readonly seconds?: number;
  /**
   * What the channel made of the upload, opaque to everybody else. Stored before the first send, so that every
   * resend names the same upload under the same key.
   */
  readonly upload?: string;
}

export type OutboundMediaKind = 'document' | 'image' | 'video' | 'voice';

/** Something on its way to a chat. The id is ours and stays the same over every resend. */
export type OutboundMessage = OutboundText | OutboundReaction | OutboundEdit | OutboundMedia;

/** The same before it has an id. */
export type OutboundDraft =
  | Omit<OutboundText, 'id'>
  | Omit<OutboundReaction, 'id'>
  | Omit<OutboundEdit, 'id'>
  | Omit<OutboundMedia, 'id'>;
