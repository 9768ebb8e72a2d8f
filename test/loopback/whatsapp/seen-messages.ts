import { normalizeMessageContent, proto } from '@whiskeysockets/baileys';
import { EventLog } from './event-log.ts';
import { readContent } from './message-content.ts';
import type { SeenMessage } from './types.ts';

/** Where a message came from, with its decrypted content. */
export interface Arrival {
  id: string;
  chat: string;
  from: string;
  fromCompanion: boolean;
  timestamp: number;
  content: proto.IMessage;
}

interface Entry extends SeenMessage {
  readonly reactions: Map<string, string>;
  /** Every content that came under the id, as bytes in hex. */
  readonly contents: Set<string>;
}

const { Type } = proto.Message.ProtocolMessage;

/** What a phone's screen shows: one entry per message, changed in place by edits and the like. */
export class SeenMessages {
  readonly log = new EventLog<Entry>();
  readonly #byKey = new Map<string, Entry>();

  show(arrival: Arrival): void {
    const inner = normalizeMessageContent(arrival.content) ?? {};
    const { reactionMessage, protocolMessage } = inner;
    if (reactionMessage) {
      const target = this.#find(arrival.chat, reactionMessage.key?.id);
      target?.reactions.set(arrival.from, reactionMessage.text ?? '');
    } else if (protocolMessage) {
      this.#applyProtocol(arrival, protocolMessage);
    } else {
      this.#addOnce(arrival);
    }
    this.log.changed();
  }

  /** Counts a delivery of a message that could not be decrypted because it was before. */
  countDuplicate(chat: string, from: string, id: string): void {
    const known = this.#byKey.get(keyOf(chat, from, id));
    if (!known) return;
    known.deliveries += 1;
    this.log.changed();
  }

  #addOnce(arrival: Arrival): void {
    const key = keyOf(arrival.chat, arrival.from, arrival.id);
    const known = this.#byKey.get(key);
    if (known) {
      known.deliveries += 1;
      known.contents.add(bytesOf(arrival.content));
      return;
    }
    const readable = readContent(arrival.content);
    if (!hasVisibleContent(arrival.content)) return;
    const contents = new Set([bytesOf(arrival.content)]);
    const entry = {
      ...arrival,
      ...readable,
      deliveries: 1,
      contents,
      get variants() {
        return contents.size;
      },
      edits: 0,
      isDeleted: false,
      reactions: new Map<string, string>(),
    };
    this.#byKey.set(key, entry);
    this.log.add(entry);
  }

  #applyProtocol(arrival: Arrival, message: proto.Message.IProtocolMessage): void {
    const target = this.#find(arrival.chat, message.key?.id);
    if (!target) return;
    if (message.type === Type.REVOKE) target.isDeleted = true;
    if (message.type === Type.MESSAGE_EDIT && message.editedMessage) {
      target.text = readContent(message.editedMessage).text;
      target.edits += 1;
    }
  }

  #find(chat: string, id: string | null | undefined): Entry | undefined {
    return this.log.items.find((entry) => entry.chat === chat && entry.id === id);
  }
}

const keyOf = (chat: string, from: string, id: string) => `${chat}|${from}|${id}`;

/** A key for the group comes with one delivery and not with the next; it is no part of the message. */
function bytesOf(content: proto.IMessage): string {
  const { senderKeyDistributionMessage: _, ...message } = content;
  return Buffer.from(proto.Message.encode(message).finish()).toString('hex');
}

/** False for stanzas that only carry keys. */
function hasVisibleContent(content: proto.IMessage): boolean {
  return Object.entries(content).some(
    ([name, value]) =>
      value !== null &&
      value !== undefined &&
      name !== 'senderKeyDistributionMessage' &&
      name !== 'messageContextInfo',
  );
}
