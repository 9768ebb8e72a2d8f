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
}

/** A text on its way to a chat. The id is ours and stays the same over every resend. */
export interface OutboundMessage {
  /** WhatsApp message id: `3EB0` and 18 upper-case hex digits, as Baileys makes them. */
  readonly id: string;
  readonly chatJid: Jid;
  /** Already in WhatsApp's formatting and within one message's size. */
  readonly text: string;
  readonly mentions: readonly Jid[];
  readonly quoted?: QuotedMessage;
}
