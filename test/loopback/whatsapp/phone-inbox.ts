import { proto, unpadRandomMax16 } from '@whiskeysockets/baileys';
import { bundleNodes, registrationNode } from './bundle-nodes.ts';
import type { LinkedDevice } from './companion.ts';
import { verifyDeviceIdentity } from './device-identity.ts';
import { isGroupJid } from './jids.ts';
import { element } from './nodes.ts';
import type { SimulatedPhone } from './phone.ts';
import type { PhoneNetwork } from './phone-network.ts';
import { SeenMessages } from './seen-messages.ts';
import type { UndecryptableMessage } from './types.ts';

export interface EncryptedPart {
  type: string;
  ciphertext: Uint8Array;
}

/** A message of the companion as the server hands it to one phone. */
export interface EncryptedMessage {
  id: string;
  /** The stanza's `to`: a group, or this phone in the address form the client chose. */
  address: string;
  /** For direct messages to one device: whom the copy is about, when the client said so. */
  recipient: string | undefined;
  timestamp: number;
  parts: EncryptedPart[];
  deviceIdentity: Uint8Array | undefined;
}

/** After this many requests a phone gives a message up, as the real ones do. */
const MAX_RETRIES = 5;
/** From this request on the phone sends a key bundle along. */
const FIRST_RETRY_WITH_KEYS = 2;
const DUPLICATE = /DuplicatedMessage|old counter/;

interface Decrypted {
  content: proto.IMessage;
  errors: Error[];
}

/** Decrypts what the companion sends to one phone, shows it, and answers with receipts. */
export class PhoneInbox {
  readonly seen = new SeenMessages();
  readonly undecryptable: UndecryptableMessage[] = [];
  rawDeliveries = 0;
  readonly #phone: SimulatedPhone;
  readonly #network: PhoneNetwork;
  readonly #addresses = new Map<string, Pick<EncryptedMessage, 'address' | 'recipient'>>();
  readonly #retries = new Map<string, number>();

  constructor(phone: SimulatedPhone, network: PhoneNetwork) {
    this.#phone = phone;
    this.#network = network;
  }

  /** Never rejects: what cannot be decrypted is listed and asked for again. */
  async receive(message: EncryptedMessage, device: LinkedDevice): Promise<void> {
    this.rawDeliveries += 1;
    this.#addresses.set(message.id, message);
    const { content, errors } = await this.#decryptParts(message, device);
    const inner = content.deviceSentMessage?.message ?? content;
    const chat = this.#chatOf(message, content);
    const from = this.#network.owner().jid;
    if (errors.some((error) => DUPLICATE.test(error.message))) {
      this.seen.countDuplicate(chat, from, message.id);
      return;
    }
    const isReadable = Object.keys(inner).some((name) => name !== 'senderKeyDistributionMessage');
    const [error] = errors;
    if (error && !isReadable) {
      this.undecryptable.push({ id: message.id, chat, error: error.message });
      this.requestRetry(message.id);
      return;
    }
    const { id, timestamp } = message;
    this.seen.show({ id, chat, from, fromCompanion: true, timestamp, content: inner });
    this.#confirm(message);
  }

  requestRetry(id: string): void {
    const target = this.#addresses.get(id);
    if (!target) throw new Error(`${this.#phone.name} never received message ${id}`);
    const count = (this.#retries.get(id) ?? 0) + 1;
    if (count > MAX_RETRIES) return;
    this.#retries.set(id, count);
    const t = String(this.#network.now());
    const { engine } = this.#phone;
    const content = [
      element('retry', { count: String(count), id, t, v: '1' }),
      registrationNode(engine.registrationId),
    ];
    if (count >= FIRST_RETRY_WITH_KEYS) {
      content.push(element('keys', {}, bundleNodes(engine.takeBundle())));
    }
    this.#network.delivery.enqueue(
      element('receipt', { ...this.#receiptAttrs(target), id, type: 'retry', t }, content),
    );
  }

  async #decryptParts(message: EncryptedMessage, device: LinkedDevice): Promise<Decrypted> {
    const content: proto.IMessage = {};
    const errors: Error[] = [];
    for (const part of message.parts) {
      try {
        const plain = await this.#decryptPart(part, message, device);
        const decoded = proto.Message.decode(unpadRandomMax16(plain));
        await this.#learnSenderKey(decoded, device);
        Object.assign(content, decoded);
      } catch (error) {
        errors.push(error instanceof Error ? error : new Error(String(error)));
      }
    }
    if (message.parts.length === 0) errors.push(new Error('no part for this phone'));
    return { content, errors };
  }

  async #decryptPart(
    part: EncryptedPart,
    message: EncryptedMessage,
    device: LinkedDevice,
  ): Promise<Uint8Array> {
    const { engine } = this.#phone;
    if (part.type === 'skmsg') {
      return engine.decryptGroup(message.address, device.address, part.ciphertext);
    }
    if (part.type !== 'pkmsg' && part.type !== 'msg') throw new Error(`enc type ${part.type}`);
    if (part.type === 'pkmsg') this.#checkIdentity(message, device);
    return engine.decrypt(device.address, part.type, part.ciphertext);
  }

  /** A companion's first message must prove that the account's primary device vouched for it. */
  #checkIdentity(message: EncryptedMessage, device: LinkedDevice): void {
    if (!message.deviceIdentity) throw new Error('pkmsg without device identity');
    const primary = this.#network.owner().engine.identity.pubKey;
    verifyDeviceIdentity(message.deviceIdentity, primary, device.identityKey);
  }

  async #learnSenderKey(content: proto.Message, device: LinkedDevice): Promise<void> {
    const distribution = content.senderKeyDistributionMessage;
    const bytes = distribution?.axolotlSenderKeyDistributionMessage;
    if (!distribution?.groupId || !bytes) return;
    await this.#phone.engine.processSenderKey(distribution.groupId, device.address, bytes);
  }

  #chatOf(message: EncryptedMessage, content: proto.IMessage): string {
    if (isGroupJid(message.address)) return message.address;
    const owner = this.#network.owner();
    if (this.#phone !== owner) return owner.jid;
    const peer = content.deviceSentMessage?.destinationJid ?? message.recipient ?? message.address;
    return this.#network.directory.phone(peer)?.jid ?? peer;
  }

  /** Delivery receipt; the owner's own copy needs none. */
  #confirm(message: EncryptedMessage): void {
    if (this.#phone === this.#network.owner()) return;
    this.#network.delivery.enqueue(
      element('receipt', {
        ...this.#receiptAttrs(message),
        id: message.id,
        t: String(this.#network.now()),
      }),
    );
  }

  #receiptAttrs(
    target: Pick<EncryptedMessage, 'address' | 'recipient'>,
  ): Record<string, string | undefined> {
    const group = this.#network.directory.group(target.address);
    if (group) return { from: group.jid, participant: group.participantJid(this.#phone) };
    if (this.#phone !== this.#network.owner()) return { from: target.address };
    return { from: this.#phone.lid, recipient: target.recipient ?? target.address };
  }
}
