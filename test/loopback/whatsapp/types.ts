import type { proto } from '@whiskeysockets/baileys';

/** A fault that hits the next n occasions (number), every one (true) or none (false or 0). */
export type Dose = number | boolean;

export type ChatState = 'composing' | 'recording' | 'paused';

export type AddressingMode = 'lid' | 'pn';

/** One message as a phone would show it. Persons are named by their phone-number JID throughout. */
export interface SeenMessage {
  readonly id: string;
  /** Group JID, or for a direct chat the phone-number JID of the other person. */
  readonly chat: string;
  /** Phone-number JID of the author; the companion writes as its owner. */
  readonly from: string;
  /** True when the linked companion wrote it, false when a person did. */
  readonly fromCompanion: boolean;
  /** Body or caption, after edits; empty for content without text. */
  text: string;
  readonly quotedId: string | undefined;
  readonly quotedText: string | undefined;
  /** Mentioned JIDs exactly as on the wire (phone-number or LID form). */
  readonly mentions: readonly string[];
  /** Unix seconds, as set by the server. */
  readonly timestamp: number;
  /** How many times this id arrived here, resends and duplicates included. */
  deliveries: number;
  /** How many different contents arrived under this id: 1 when every resend was the same message. */
  readonly variants: number;
  edits: number;
  isDeleted: boolean;
  /** The last reaction of each person: phone-number JID to emoji. */
  readonly reactions: ReadonlyMap<string, string>;
  /** The decrypted content, for everything the fields above leave out. */
  readonly content: proto.IMessage;
}

export interface TypingEvent {
  readonly chat: string;
  readonly from: string;
  readonly state: ChatState;
}

/** A receipt of the companion for a message this phone sent. `type` is 'delivered' when the stanza named none. */
export interface PhoneReceipt {
  readonly id: string;
  readonly chat: string;
  readonly type: string;
}

export interface UndecryptableMessage {
  readonly id: string;
  readonly chat: string;
  readonly error: string;
}

export interface SendOptions {
  mentions?: string[];
  quote?: SeenMessage;
  id?: string;
  /** Unix seconds; now unless told. */
  timestamp?: number;
}

export type MediaKind = 'image' | 'document' | 'audio' | 'video' | 'sticker';

export interface MediaInput {
  kind: MediaKind;
  bytes: Uint8Array;
  mimetype: string;
  caption?: string;
  fileName?: string;
}

/** A simulated person with one phone. */
export interface Phone {
  readonly name: string;
  /** Phone-number JID. */
  readonly jid: string;
  readonly lid: string;
  /** By which of its JIDs this phone is named in direct chats from now on; LID unless told. */
  addressingMode: AddressingMode;
  /** Whether its stanzas leave out the other JID that the server knows; false unless told. */
  isOtherJidHidden: boolean;
  /** Messages received from others, in order of arrival, one entry for each (chat, author, id). */
  readonly seen: readonly SeenMessage[];
  /** Every message stanza that reached this phone, resends included. */
  readonly rawDeliveries: number;
  readonly typing: readonly TypingEvent[];
  readonly receipts: readonly PhoneReceipt[];
  readonly undecryptable: readonly UndecryptableMessage[];
  /** Resolves once the server has taken the message. A Phone as target means a direct chat. */
  sendText(to: Group | Phone, text: string, options?: SendOptions): Promise<{ id: string }>;
  sendMessage(
    to: Group | Phone,
    content: proto.IMessage,
    options?: SendOptions,
  ): Promise<{ id: string }>;
  /** Encrypts and stores the file; the message names a plain-HTTP URL, so no TLS trust is needed. */
  sendMedia(to: Group | Phone, media: MediaInput, options?: SendOptions): Promise<{ id: string }>;
  /** Decrypts the file the companion uploaded with a message; throws when its MAC or hash is wrong. */
  download(message: SeenMessage): Promise<Buffer>;
  react(to: Group | Phone, message: SeenMessage, emoji: string): Promise<{ id: string }>;
  showTyping(to: Group | Phone, state: ChatState): void;
  /** Resolves with the first matching message, past or future. */
  waitForMessage(
    predicate: (message: SeenMessage) => boolean,
    signal?: AbortSignal,
  ): Promise<SeenMessage>;
  waitForTyping(
    predicate: (event: TypingEvent) => boolean,
    signal?: AbortSignal,
  ): Promise<TypingEvent>;
  waitForReceipt(
    predicate: (receipt: PhoneReceipt) => boolean,
    signal?: AbortSignal,
  ): Promise<PhoneReceipt>;
  /** Asks the companion to send a message this phone has seen once more. */
  requestRetry(id: string): void;
  /** Reinstalls the app: new Signal identity, no sessions; what was seen stays listed. */
  changeIdentity(): void;
}

export interface Group {
  readonly jid: string;
  readonly subject: string;
  /** By which of their JIDs people are named from now on. */
  addressingMode: AddressingMode;
  readonly members: readonly Phone[];
  add(phone: Phone): void;
  remove(phone: Phone): void;
  rename(subject: string): void;
}

/** Switches may be set at any time; methods act at once on the companion's connection. */
export interface Faults {
  /** Milliseconds between a message from the companion and its server ack. */
  ackDelayMs: number;
  /** The message reaches the phones, its ack is lost. */
  dropAcks: Dose;
  /** The connection drops instead of the message being taken: neither phones nor an ack. */
  dropBeforeMessage: Dose;
  /** The message reaches the phones, then the connection drops instead of the ack. */
  dropBeforeAck: Dose;
  /** The ack is the last stanza of its connection. */
  closeAfterAck: Dose;
  /** The message reaches neither the phones nor an ack. */
  loseMessages: Dose;
  /** The server refuses messages with this `error` in the ack; the phones see nothing. */
  ackError: string | undefined;
  /** Message stanzas reach the companion twice in a row. */
  duplicateDeliveries: Dose;
  /** Hold this many message stanzas, then deliver them in reverse; 0 releases what is held. */
  reorder: number;
  /** The connection drops after this many further message stanzas to the companion. */
  dropAfterDeliveries: number | undefined;
  /** Receipts and acks of the companion get lost, so its messages are delivered again. */
  loseReceipts: Dose;
  /** The companion's requests for a resend reach no phone: it is switched off. */
  loseRetries: Dose;
  /** Every login is answered with this `failure` reason (401, 403, 405, 463, 503…). */
  failLogins: string | undefined;
  /** HTTP status of every download instead of the file (404, 410, 503…). */
  downloadStatus: number | undefined;
  /** HTTP status of every upload. */
  uploadStatus: number | undefined;
  /** LIDs whose key bundle the server refuses with 406. */
  readonly failKeyFetchFor: Set<string>;
  /** Namespaces whose iqs stay unanswered, for example 'w:p' (ping). */
  readonly silentIqs: Set<string>;
  /** Cuts the TCP connections without a word. */
  dropConnections(): void;
  /** Sends `stream:error` with this code (503, 515, 500…) and closes. */
  streamError(code: number): void;
  /** Another client took over: `stream:error` with `conflict` replaced. */
  conflict(): void;
  /** The owner unlinks the device: `stream:error` 401, and no further login. */
  logOut(): void;
  /** Stops or resumes listening, so that connecting fails with ECONNREFUSED. */
  refuseConnections(on: boolean): Promise<void>;
}

export interface Counts {
  connections: number;
  logins: number;
  /** Message stanzas the companion sent, resends included. */
  messagesReceived: number;
  /** Message stanzas written to the companion, redeliveries and duplicates included. */
  messagesDelivered: number;
  /** Of those, deliveries again after a missing receipt. */
  redeliveries: number;
  acksSent: number;
  acksDropped: number;
  /** Acks of the companion. */
  acksReceived: number;
  /** Receipts of the companion by type; 'delivered' when the stanza named none. */
  readonly receipts: Record<string, number>;
  /** iqs of the companion by namespace. */
  readonly iqs: Record<string, number>;
  /** Presence of the companion by type ('available', 'unavailable'). */
  readonly presences: Record<string, number>;
  /** Stanzas and iqs this server has no answer for. */
  readonly unhandled: string[];
  /** Why sockets were closed on a client that broke the protocol. */
  readonly protocolErrors: string[];
}

export interface GroupOptions {
  subject: string;
  members: Phone[];
  addressingMode?: AddressingMode;
}

export interface ServerOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Offsets the LIDs and group numbers, so that two servers never share one. */
  seed?: number;
  /** Who owns the account; a made-up person unless told. Digits only, without '+'. */
  owner?: { name: string; phoneNumber: string };
}

export interface MediaEndpoint {
  /** `127.0.0.1:PORT`, HTTPS; clients hear of it through media_conn. */
  readonly host: string;
  /** PEM; clients that upload have to trust it. */
  readonly certificate: string;
}

/** A WhatsApp of its own on 127.0.0.1, for one account with one linked device. */
export interface WhatsAppServer {
  /** ws://127.0.0.1:PORT/ws/chat */
  readonly url: string;
  /** The person whose account the companion links to. */
  readonly owner: Phone;
  readonly faults: Faults;
  readonly counts: Counts;
  readonly media: MediaEndpoint;
  /** Public key (32 bytes) that signs the Noise certificate, for clients that really verify it. */
  readonly rootKey: Uint8Array;
  addPhone(options: { name: string; phoneNumber: string }): Phone;
  /** The owner's account is always a member; the first member named is the superadmin. */
  addGroup(options: GroupOptions): Group;
  /** Resolves once the client proved the link; it is then told to reconnect (515). */
  scanQr(qr: string): Promise<void>;
  /** As scanQr, for the code of `requestPairingCode`; waits for a client that asks for one. Rejects on a wrong code. */
  enterPairingCode(code: string, signal?: AbortSignal): Promise<void>;
  /** True while the companion is logged in and active. */
  connected(): boolean;
  waitForConnection(signal?: AbortSignal): Promise<void>;
  /** Resolves once the companion has no connection. */
  waitForDisconnection(signal?: AbortSignal): Promise<void>;
  /** Resolves once the companion receipted or acked every stanza meant for it, its first sync included. */
  waitForQuiet(signal?: AbortSignal): Promise<void>;
  /** Resolves once the counts satisfy the predicate. */
  waitForCounts(predicate: (counts: Counts) => boolean, signal?: AbortSignal): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
