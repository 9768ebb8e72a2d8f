import {
  cleanMessage,
  decodeMessageNode,
  proto,
  unpadRandomMax16,
  type WAMessage,
} from '@whiskeysockets/baileys';
import { z } from 'zod';
import type { JournalRow } from '../../../db/wa-journal.ts';

/** Our own JIDs, which decide whether a message is from ourselves (from `creds.me`). */
export interface OwnJids {
  readonly id: string;
  readonly lid?: string | undefined;
}

const attrsSchema = z.record(z.string(), z.string());

/**
 * Puts the parts of one stanza together again, as Baileys does it before `messages.upsert`. Throws when a
 * plaintext is not a padded message; the live path turns that into a stub.
 */
export function decodeJournaledMessage(rows: readonly JournalRow[], me: OwnJids): WAMessage {
  const [first] = rows;
  if (!first) throw new Error('a journaled message has at least one part');
  const attrs = attrsSchema.parse(JSON.parse(first.attrsJson));
  const { fullMessage } = decodeMessageNode({ tag: 'message', attrs }, me.id, me.lid ?? '');
  const parts = rows.map((row) => decodePart(row.plaintext));
  const message = parts.reduce((whole, part) => Object.assign(whole, part));
  const decoded = { ...fullMessage, message } as WAMessage;
  cleanMessage(decoded, me.id, me.lid ?? '');
  return decoded;
}

function decodePart(plaintext: Uint8Array): proto.IMessage {
  const message = proto.Message.decode(unpadRandomMax16(plaintext));
  return message.deviceSentMessage?.message ?? message;
}

/** A part that only brings a sender key: the message itself was in a part that is not here. */
export function isKeyDistributionOnly({ message }: WAMessage): boolean {
  const ignored = new Set(['senderKeyDistributionMessage', 'messageContextInfo']);
  const fields = Object.entries(message ?? {}).filter(([, value]) => value != null);
  return (
    message?.senderKeyDistributionMessage != null && fields.every(([name]) => ignored.has(name))
  );
}
