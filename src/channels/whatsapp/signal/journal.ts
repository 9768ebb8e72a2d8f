import { createHash } from 'node:crypto';
import type { BinaryNode, WAMessage } from '@whiskeysockets/baileys';
import type { Database } from 'better-sqlite3';
import type { Logger } from 'pino';
import type { Jid } from '../../../core/message.ts';
import {
  createJournalTable,
  deleteJournaled,
  type JournalKey,
  type JournalRow,
} from '../../../db/wa-journal.ts';
import {
  decodeJournaledMessage,
  isKeyDistributionOnly,
  type OwnJids,
} from './journaled-message.ts';
import { createRecentPlaintexts } from './recent-plaintexts.ts';
import { createStanzaRecorder, inboxPlacesOf } from './recorded-stanza.ts';

/** A message that was decrypted but may never have reached the inbox. */
export interface JournaledMessage {
  /** What to pass to `remove` or `settle`. */
  readonly key: JournalKey;
  /** Of the shape `messages.upsert` delivers, timestamps in seconds. */
  readonly message: WAMessage;
  /** Unix milliseconds. */
  readonly decryptedAt: number;
}

/**
 * Bridges the gap between decryption and inbox. A Signal key opens its message once; so the plaintext is
 * stored in the transaction that spends the key, and stays until the inbox has the message.
 *
 * The host's duties:
 * 1. `sock.ws.on('CB:message', journal.recordStanza)` right after making each socket.
 * 2. `settle` (or `remove`, inside the inbox transaction) for every message of `messages.upsert`, also for
 *    those it ignores. Not for stubs (`messageStubType` 2): the real message comes under the same id.
 * 3. Replay `pending()` through the same inbound mapping at start AND after every close of a socket: when
 *    the receipt cannot be written, Baileys drops the message without an event.
 *
 * A stanza that comes again after its key was spent gets its plaintext from here instead of the error
 * `Key used already or never filled` (on which Baileys refuses the stanza with code 487, without a retry
 * receipt and without an event). So it is delivered again, gets a proper receipt, and the inbox's primary
 * key drops it. That lasts while the row is there and, in memory, for the last 512 plaintexts; after both
 * are gone the inbox has the message, and the refusal loses nothing and makes the server stop. A key can be spent
 * although its message never came in, too; see `isMissed`.
 */
export interface Journal {
  /** Synchronous; must run before the stanza is decrypted, which is any time during its `CB:message` event. */
  recordStanza: (node: BinaryNode) => void;
  /** Whole stanzas in the order they arrived. Parts that only brought a sender key are dropped here. */
  pending: (me: OwnJids) => JournaledMessage[];
  remove: (key: JournalKey) => void;
  /** Runs `ingest` and removes the message, both or neither. Returns what `ingest` returned. */
  settle: <T>(key: JournalKey, ingest: () => T) => T;
  /** For the repository: the row that belongs in the transaction that commits the ratchet. */
  prepareRow(
    ciphertext: Uint8Array,
    encType: JournalRow['encType'],
    plaintext: Uint8Array,
  ): JournalRow | undefined;
  /** For the repository: inside its transaction. */
  insert(row: JournalRow): void;
  /** For the repository, when decryption failed: what this very stanza was decrypted to before. */
  findPlaintext(ciphertext: Uint8Array): Uint8Array | undefined;
  /**
   * For the repository, when the key of a stanza is spent: whether its message never reached the inbox. A host that
   * dies behind the decryption of a sender key, before it is stored, leaves a chain that begins with the next key its
   * phone sends, behind messages that are still to come.
   */
  isMissed(ciphertext: Uint8Array): boolean;
}

export interface JournalDeps {
  readonly db: Database;
  /** Whether the inbox has a message. */
  readonly isInInbox: (chatJid: Jid, senderJid: Jid, id: string) => boolean;
  readonly now: () => number;
  readonly logger: Logger;
}

export function createJournal({ db, isInInbox, now, logger }: JournalDeps): Journal {
  const table = createJournalTable(db);
  const stanzas = createStanzaRecorder();
  const recent = createRecentPlaintexts();
  const remove = (key: JournalKey) => deleteJournaled(db, key);

  function decode(rows: readonly JournalRow[], me: OwnJids): JournaledMessage[] {
    const [first] = rows;
    if (!first) return [];
    const { chat, sender, id, decryptedAt } = first;
    const key = { chat, sender, id };
    try {
      const message = decodeJournaledMessage(rows, me);
      if (!isKeyDistributionOnly(message)) return [{ key, message, decryptedAt }];
    } catch (error) {
      // Its sender made it so; the live path reports such a message as undecryptable.
      logger.warn({ err: error, chat, id }, 'dropped an unreadable message from the journal');
    }
    table.deleteDelivery(first.delivery);
    return [];
  }

  return {
    recordStanza: (node) => stanzas.record(node),
    pending(me) {
      const rows = table.list();
      for (const row of rows) recent.add(row, row.ciphertextSha256, row.plaintext);
      return groupByDelivery(rows).flatMap((parts) => decode(parts, me));
    },
    remove,
    settle(key, ingest) {
      const settleBoth = db.transaction(() => {
        const result = ingest();
        remove(key);
        return result;
      });
      return settleBoth.immediate();
    },
    prepareRow(ciphertext, encType, plaintext) {
      const stanza = stanzas.find(ciphertext);
      if (!stanza) return undefined;
      return {
        ...stanza.key,
        delivery: stanza.delivery,
        attrsJson: JSON.stringify(stanza.attrs),
        encType,
        ciphertextSha256: hash(ciphertext),
        plaintext: Buffer.from(plaintext),
        decryptedAt: now(),
      };
    },
    insert: (row) => {
      table.insert(row);
      recent.add(row, row.ciphertextSha256, row.plaintext);
    },
    findPlaintext(ciphertext) {
      const stanza = stanzas.find(ciphertext);
      if (!stanza) return undefined;
      const sha256 = hash(ciphertext);
      return recent.find(stanza.key, sha256) ?? table.findPlaintext(stanza.key, sha256);
    },
    isMissed(ciphertext) {
      const stanza = stanzas.find(ciphertext);
      if (!stanza) return false;
      const { id } = stanza.key;
      return !inboxPlacesOf(stanza).some(({ chat, sender }) => isInInbox(chat, sender, id));
    },
  };
}

function groupByDelivery(rows: readonly JournalRow[]): JournalRow[][] {
  return [...Map.groupBy(rows, (row) => row.delivery).values()];
}

function hash(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
