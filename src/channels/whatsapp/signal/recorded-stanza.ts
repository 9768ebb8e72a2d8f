import { randomUUID } from 'node:crypto';
import {
  type BinaryNode,
  isHostedLidUser,
  isHostedPnUser,
  isJidGroup,
  isJidMetaAI,
  isLidUser,
  isPnUser,
  jidDecode,
  jidNormalizedUser,
  type WAMessageKey,
} from '@whiskeysockets/baileys';
import type { Jid } from '../../../core/message.ts';
import type { JournalKey } from '../../../db/wa-journal.ts';
import { isGroup, toBareJid } from '../identity.ts';

/** A message stanza as it arrived, before anything in it was decrypted. */
export interface RecordedStanza {
  readonly delivery: string;
  readonly key: JournalKey;
  readonly attrs: Readonly<Record<string, string>>;
}

export interface StanzaRecorder {
  /** Remembers a message stanza. Anything else, and stanzas without an id or an address, are passed over. */
  record(node: BinaryNode): void;
  /**
   * The stanza that holds exactly these bytes: the very object Baileys hands on from the stanza to the
   * decryption, never an equal copy or the latest stanza.
   */
  find(ciphertext: Uint8Array): RecordedStanza | undefined;
}

/** Keeps stanzas as long as Baileys keeps their ciphertext alive, and no longer. */
export function createStanzaRecorder(): StanzaRecorder {
  const stanzas = new WeakMap<Uint8Array, RecordedStanza>();
  return {
    record(node) {
      if (node.tag !== 'message' || !node.attrs.id || !node.attrs.from) return;
      if (!Array.isArray(node.content)) return;
      const attrs = { ...node.attrs };
      const stanza = { delivery: randomUUID(), key: readStanzaKey(attrs), attrs };
      for (const { tag, content } of node.content) {
        if (tag === 'enc' && content instanceof Uint8Array) stanzas.set(content, stanza);
      }
    },
    find: (ciphertext) => stanzas.get(ciphertext),
  };
}

/** The key the message of `messages.upsert` has: chat and participant without their device. */
function readStanzaKey(attrs: Readonly<Record<string, string>>): JournalKey {
  const { from = '', recipient, participant, id = '' } = attrs;
  const isDirect =
    isPnUser(from) || isLidUser(from) || isHostedLidUser(from) || isHostedPnUser(from);
  const chat = isDirect && recipient && !isJidMetaAI(recipient) ? recipient : from;
  return { chat: stripDevice(chat), sender: participant ? stripDevice(participant) : '', id };
}

/** What a stanza may name a person by; the inbox keeps one of them. */
const PERSON_ATTRS = [
  'from',
  'recipient',
  'participant',
  'participant_pn',
  'participant_lid',
  'sender_pn',
  'sender_lid',
  'recipient_pn',
  'recipient_lid',
  'peer_recipient_pn',
  'peer_recipient_lid',
];

/** Every chat and sender under which the inbox may have the message of a stanza. */
export function inboxPlacesOf({ attrs, key }: RecordedStanza): { chat: Jid; sender: Jid }[] {
  const people = new Set(PERSON_ATTRS.map((name) => toBareJid(attrs[name])));
  const jids = [...people].filter((jid): jid is Jid => jid !== undefined && !isGroup(jid));
  const chats = isGroup(key.chat) ? [key.chat] : jids;
  return chats.flatMap((chat) => jids.map((sender) => ({ chat, sender })));
}

/** The journal's name of a message that Baileys delivered. */
export function toJournalKey(key: WAMessageKey): JournalKey {
  const chat = key.remoteJid ?? '';
  return {
    chat: isJidGroup(chat) ? chat : stripDevice(chat),
    sender: key.participant ? stripDevice(key.participant) : '',
    id: key.id ?? '',
  };
}

/** Hosted accounts are shown under the plain domains, as Baileys does it. */
function stripDevice(jid: string): string {
  const user = jidDecode(jid)?.user ?? '';
  if (isHostedPnUser(jid)) return `${user}@s.whatsapp.net`;
  if (isHostedLidUser(jid)) return `${user}@lid`;
  return jidNormalizedUser(jid);
}
