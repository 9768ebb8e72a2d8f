import { type BinaryNode, encodeWAMessage, type proto } from '@whiskeysockets/baileys';
import type { PreKeyBundleInput } from 'whatsapp-rust-bridge';
import { readRetryBundle } from './bundle-nodes.ts';
import type { LinkedDevice } from './companion.ts';
import { GroupChat } from './group.ts';
import { userOf } from './jids.ts';
import { stanzaType } from './message-content.ts';
import { childElement, element } from './nodes.ts';
import type { SimulatedPhone } from './phone.ts';
import type { PhoneNetwork } from './phone-network.ts';
import type { SignalAddress } from './signal-engine.ts';

/** 'peer' is the owner's phone talking to its own companion: keys and history. */
export type Target = GroupChat | SimulatedPhone | 'peer';

export interface OutgoingMessage {
  readonly id: string;
  readonly target: Target;
  readonly content: proto.IMessage;
  readonly timestamp: number;
}

/** Encrypts what one phone sends to the companion, and encrypts it again when asked to. */
export class PhoneOutbox {
  readonly #phone: SimulatedPhone;
  readonly #network: PhoneNetwork;
  readonly #sent = new Map<string, OutgoingMessage>();
  /** Group to the number of the device that has our sender key. */
  readonly #sharedWith = new Map<string, number>();

  constructor(phone: SimulatedPhone, network: PhoneNetwork) {
    this.#phone = phone;
    this.#network = network;
  }

  async send(message: OutgoingMessage): Promise<void> {
    const { device } = this.#network.companion;
    if (!device || !this.#concernsCompanion(message.target)) return;
    this.#sent.set(message.id, message);
    if (!this.#phone.engine.hasSession(device.address)) {
      await this.#startSession(device, this.#network.companion.takeBundle(device));
    }
    const parts = await this.#encryptFirst(message, device);
    this.#network.delivery.enqueue(this.#stanza(message, parts));
  }

  sent(id: string): OutgoingMessage | undefined {
    return this.#sent.get(id);
  }

  /** Answers a retry receipt: same id, fresh session, everything in one part. */
  async resend(receipt: BinaryNode): Promise<void> {
    const { device } = this.#network.companion;
    const message = this.#sent.get(receipt.attrs['id'] ?? '');
    if (!message || !device) return;
    const bundle = readRetryBundle(receipt) ?? this.#network.companion.takeBundle(device);
    await this.#startSession(device, bundle);
    const content = await this.#withSenderKey(message, device);
    const count = childElement(receipt, 'retry')?.attrs['count'] ?? '1';
    const part = await this.#encryptDirect(content, device, { count });
    this.#network.delivery.enqueue(this.#stanza(message, [part]));
  }

  /** A new sender key comes with the next message. */
  forgetGroup(jid: string): void {
    this.#phone.engine.forgetSenderKey(jid, this.#self);
    this.#sharedWith.delete(jid);
  }

  forgetSessions(): void {
    this.#sharedWith.clear();
  }

  get #self(): SignalAddress {
    return { name: userOf(this.#phone.lid), device: 0 };
  }

  #concernsCompanion(target: Target): boolean {
    if (target === 'peer') return true;
    if (target instanceof GroupChat) return target.hasOwner;
    const owner = this.#network.owner();
    return target === owner || this.#phone === owner;
  }

  #startSession(device: LinkedDevice, bundle: PreKeyBundleInput): Promise<void> {
    return this.#phone.engine.startSession(device.address, bundle);
  }

  async #encryptFirst(message: OutgoingMessage, device: LinkedDevice): Promise<BinaryNode[]> {
    const { target, content } = message;
    if (!(target instanceof GroupChat)) {
      return [await this.#encryptDirect(this.#wrap(message), device)];
    }
    const parts: BinaryNode[] = [];
    if (this.#sharedWith.get(target.jid) !== device.number) {
      const keyOnly = await this.#withSenderKey({ ...message, content: {} }, device);
      parts.push(await this.#encryptDirect(keyOnly, device));
    }
    const padded = encodeWAMessage(content);
    const sealed = await this.#phone.engine.encryptGroup(target.jid, this.#self, padded);
    parts.push(element('enc', { v: '2', type: 'skmsg' }, sealed));
    return parts;
  }

  async #withSenderKey(message: OutgoingMessage, device: LinkedDevice): Promise<proto.IMessage> {
    const { target, content } = message;
    if (!(target instanceof GroupChat)) return this.#wrap(message);
    const key = await this.#phone.engine.createSenderKey(target.jid, this.#self);
    this.#sharedWith.set(target.jid, device.number);
    return {
      ...content,
      senderKeyDistributionMessage: {
        groupId: target.jid,
        axolotlSenderKeyDistributionMessage: key,
      },
    };
  }

  async #encryptDirect(
    content: proto.IMessage,
    device: LinkedDevice,
    attrs: Record<string, string> = {},
  ): Promise<BinaryNode> {
    const padded = encodeWAMessage(content);
    const { type, ciphertext } = await this.#phone.engine.encrypt(device.address, padded);
    return element('enc', { v: '2', type, ...attrs }, ciphertext);
  }

  /** The owner's own messages to others reach the companion as a copy of what was sent. */
  #wrap({ target, content }: OutgoingMessage): proto.IMessage {
    if (target === 'peer' || target instanceof GroupChat) return content;
    if (this.#phone !== this.#network.owner()) return content;
    return { deviceSentMessage: { destinationJid: target.lid, message: content } };
  }

  #stanza(message: OutgoingMessage, parts: BinaryNode[]): BinaryNode {
    const { id, timestamp, content } = message;
    return element(
      'message',
      {
        ...this.#addressAttrs(message.target),
        id,
        t: String(timestamp),
        type: stanzaType(content),
        notify: this.#phone.name,
      },
      parts,
    );
  }

  #addressAttrs(target: Target): Record<string, string> {
    const { lid } = this.#phone;
    if (target === 'peer') return { from: lid, category: 'peer' };
    if (target instanceof GroupChat) {
      return { from: target.jid, ...target.authorAttrs(this.#phone) };
    }
    if (this.#phone !== this.#network.owner()) {
      return this.#directAttrs();
    }
    return {
      from: lid,
      recipient: target.lid,
      peer_recipient_pn: target.jid,
      addressing_mode: 'lid',
    };
  }

  #directAttrs(): Record<string, string> {
    const { lid, jid, addressingMode, isOtherJidHidden } = this.#phone;
    const isByLid = addressingMode === 'lid';
    const from = { from: isByLid ? lid : jid, addressing_mode: addressingMode };
    if (isOtherJidHidden) return from;
    return isByLid ? { ...from, sender_pn: jid } : { ...from, sender_lid: lid };
  }
}
