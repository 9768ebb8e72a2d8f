import { randomBytes } from 'node:crypto';
import type { BinaryNode, proto } from '@whiskeysockets/baileys';
import type { LinkedDevice } from './companion.ts';
import { EventLog } from './event-log.ts';
import { GroupChat } from './group.ts';
import { decryptMedia, encryptMedia, findMedia, mediaMessage } from './media-content.ts';
import { mediaRetryNotification } from './media-retry.ts';
import { buildText } from './message-content.ts';
import { element } from './nodes.ts';
import { type EncryptedMessage, PhoneInbox } from './phone-inbox.ts';
import type { PhoneNetwork } from './phone-network.ts';
import { PhoneOutbox } from './phone-outbox.ts';
import { createSerial } from './serial.ts';
import { SignalEngine } from './signal-engine.ts';
import type {
  AddressingMode,
  ChatState,
  Group,
  MediaInput,
  Phone,
  PhoneReceipt,
  SeenMessage,
  SendOptions,
  TypingEvent,
  UndecryptableMessage,
} from './types.ts';

export interface Person {
  name: string;
  jid: string;
  lid: string;
}

/** Ids of Android phones start with AC. */
const createMessageId = () => `AC${randomBytes(15).toString('hex').toUpperCase()}`;

/** A person's phone. Its cryptographic work runs one task after the other. */
export class SimulatedPhone implements Phone {
  readonly name: string;
  readonly jid: string;
  readonly lid: string;
  addressingMode: AddressingMode = 'lid';
  isOtherJidHidden = false;
  engine = new SignalEngine();
  readonly #network: PhoneNetwork;
  readonly #inbox: PhoneInbox;
  readonly #outbox: PhoneOutbox;
  readonly #inOrder = createSerial();
  readonly #typing = new EventLog<TypingEvent>();
  readonly #receipts = new EventLog<PhoneReceipt>();

  constructor(person: Person, network: PhoneNetwork) {
    this.name = person.name;
    this.jid = person.jid;
    this.lid = person.lid;
    this.#network = network;
    this.#inbox = new PhoneInbox(this, network);
    this.#outbox = new PhoneOutbox(this, network);
  }

  get seen(): readonly SeenMessage[] {
    return this.#inbox.seen.log.items;
  }

  get rawDeliveries(): number {
    return this.#inbox.rawDeliveries;
  }

  get undecryptable(): readonly UndecryptableMessage[] {
    return this.#inbox.undecryptable;
  }

  get typing(): readonly TypingEvent[] {
    return this.#typing.items;
  }

  get receipts(): readonly PhoneReceipt[] {
    return this.#receipts.items;
  }

  sendText(to: Group | Phone, text: string, options: SendOptions = {}): Promise<{ id: string }> {
    const { quote } = options;
    const author = quote && this.#network.directory.phone(quote.from);
    const group = this.#network.directory.group(to.jid);
    const quoteAuthor = author && (group ? group.participantJid(author) : author.lid);
    return this.sendMessage(to, buildText(text, options, quoteAuthor), options);
  }

  async sendMessage(
    to: Group | Phone,
    content: proto.IMessage,
    options: SendOptions = {},
  ): Promise<{ id: string }> {
    const id = options.id ?? createMessageId();
    const timestamp = options.timestamp ?? this.#network.now();
    const target = this.#resolve(to);
    for (const reader of this.#readersOf(target)) {
      const chat = target instanceof GroupChat ? target.jid : this.jid;
      const from = this.jid;
      reader.#inbox.seen.show({ id, chat, from, fromCompanion: false, timestamp, content });
    }
    await this.#inOrder(() => this.#outbox.send({ id, target, content, timestamp }));
    return { id };
  }

  async sendMedia(
    to: Group | Phone,
    media: MediaInput,
    options: SendOptions = {},
  ): Promise<{ id: string }> {
    const { file, fields } = await encryptMedia(media.bytes, media.kind);
    const path = this.#network.storeFile(file);
    const url = this.#network.fileUrl(path);
    return this.sendMessage(to, mediaMessage(media, fields, url), options);
  }

  async download(message: SeenMessage): Promise<Buffer> {
    const media = findMedia(message.content);
    if (!media) throw new Error(`message ${message.id} carries no file`);
    const file = this.#network.file(media.part.directPath ?? '');
    if (!file) throw new Error(`the file of message ${message.id} was never uploaded`);
    return decryptMedia(file, media.kind, media.part);
  }

  react(to: Group | Phone, message: SeenMessage, emoji: string): Promise<{ id: string }> {
    const { chat, id, from } = message;
    const isOwn = from === this.jid;
    const author = this.#network.directory.phone(from);
    const group = this.#network.directory.group(chat);
    const participant = group && author ? group.participantJid(author) : null;
    const key = { remoteJid: chat, id, fromMe: isOwn, participant };
    return this.sendMessage(to, { reactionMessage: { key, text: emoji } });
  }

  showTyping(to: Group | Phone, state: ChatState): void {
    const target = this.#resolve(to);
    const attrs =
      target instanceof GroupChat
        ? { from: target.jid, ...target.authorAttrs(this) }
        : { from: this.lid };
    const media = state === 'recording' ? { media: 'audio' } : {};
    const tag = state === 'recording' ? 'composing' : state;
    this.#network.delivery.sendNow(element('chatstate', attrs, [element(tag, media)]));
  }

  waitForMessage(
    predicate: (message: SeenMessage) => boolean,
    signal?: AbortSignal,
  ): Promise<SeenMessage> {
    return this.#inbox.seen.log.waitFor(predicate, signal);
  }

  waitForTyping(
    predicate: (event: TypingEvent) => boolean,
    signal?: AbortSignal,
  ): Promise<TypingEvent> {
    return this.#typing.waitFor(predicate, signal);
  }

  waitForReceipt(
    predicate: (receipt: PhoneReceipt) => boolean,
    signal?: AbortSignal,
  ): Promise<PhoneReceipt> {
    return this.#receipts.waitFor(predicate, signal);
  }

  requestRetry(id: string): void {
    this.#inbox.requestRetry(id);
  }

  /** Also announces the change to the companion, as the server does for contacts. */
  changeIdentity(): void {
    this.engine = new SignalEngine();
    this.#outbox.forgetSessions();
    this.#network.delivery.enqueue(
      element(
        'notification',
        { from: this.lid, type: 'encrypt', id: createMessageId(), t: String(this.#network.now()) },
        [element('identity')],
      ),
    );
  }

  // The rest is called by the server, not by tests.

  /** Settles once this phone is done with the message; never rejects. */
  receive(message: EncryptedMessage, device: LinkedDevice): Promise<void> {
    return this.#inOrder(() => this.#inbox.receive(message, device));
  }

  resend(receipt: BinaryNode): Promise<void> {
    return this.#inOrder(() => this.#outbox.resend(receipt));
  }

  /** Answers a client whose download failed: the file lies under a new path now. */
  answerMediaRetry(receipt: BinaryNode): void {
    const sent = this.#outbox.sent(receipt.attrs['id'] ?? '');
    const part = sent && findMedia(sent.content)?.part;
    const file = part?.url && this.#network.file(new URL(part.url).pathname);
    const upload =
      file && part.mediaKey
        ? { directPath: this.#network.storeFile(file), mediaKey: part.mediaKey }
        : undefined;
    this.#network.delivery.enqueue(mediaRetryNotification(receipt, this.lid, upload));
  }

  /** Keys and history for the owner's own companion. */
  sendToCompanion(content: proto.IMessage): Promise<void> {
    const message = { id: createMessageId(), target: 'peer' as const, content };
    return this.#inOrder(() => this.#outbox.send({ ...message, timestamp: this.#network.now() }));
  }

  noteTyping(event: TypingEvent): void {
    this.#typing.add(event);
  }

  noteReceipt(receipt: PhoneReceipt): void {
    this.#receipts.add(receipt);
  }

  forgetGroup(jid: string): void {
    this.#outbox.forgetGroup(jid);
  }

  close(reason: Error): void {
    for (const log of [this.#inbox.seen.log, this.#typing, this.#receipts]) log.close(reason);
  }

  #resolve(to: Group | Phone): GroupChat | SimulatedPhone {
    const { directory } = this.#network;
    const target = directory.group(to.jid) ?? directory.phone(to.jid);
    if (!target) throw new Error(`${to.jid} is not known to this server`);
    if (target instanceof GroupChat && !target.members.includes(this)) {
      throw new Error(`${this.name} is not in ${target.subject}`);
    }
    return target;
  }

  /** Between phones content travels in the clear: only the companion is under test. */
  #readersOf(target: GroupChat | SimulatedPhone): SimulatedPhone[] {
    const readers = target instanceof GroupChat ? target.members : [target];
    return readers.filter((reader) => reader !== this);
  }
}
