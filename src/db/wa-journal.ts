import type { Database, Statement } from 'better-sqlite3';

/** Names a message as its chat sees it. `sender` is the participant of a group stanza, empty in a direct chat. */
export interface JournalKey {
  readonly chat: string;
  readonly sender: string;
  readonly id: string;
}

/** One decrypted part of one stanza. */
export interface JournalRow extends JournalKey {
  /** Shared by the parts of one stanza; unique per arrival, so that a resend is told from the original. */
  readonly delivery: string;
  /** The stanza's attributes as a JSON object of strings. */
  readonly attrsJson: string;
  readonly encType: 'msg' | 'pkmsg' | 'skmsg';
  readonly ciphertextSha256: Buffer;
  /** As decrypted, with the sender's padding still on: 1 to 16 bytes, each holding their count. */
  readonly plaintext: Buffer;
  /** Unix milliseconds. */
  readonly decryptedAt: number;
}

export interface JournalTable {
  insert(row: JournalRow): void;
  /** Every row, in the order of decryption. */
  list(): JournalRow[];
  findPlaintext(key: JournalKey, ciphertextSha256: Buffer): Buffer | undefined;
  /** Forgets one arrival of a message; other arrivals of the same message stay. */
  deleteDelivery(delivery: string): void;
}

const columns = `delivery, chat, sender, message_id as id, attrs_json as attrsJson, enc_type as encType,
  ciphertext_sha256 as ciphertextSha256, plaintext, decrypted_at as decryptedAt`;

export function createJournalTable(db: Database): JournalTable {
  const insert = db.prepare<JournalRow>(
    `insert into wa_journal
       (delivery, chat, sender, message_id, attrs_json, enc_type, ciphertext_sha256, plaintext, decrypted_at)
     values
       (@delivery, @chat, @sender, @id, @attrsJson, @encType, @ciphertextSha256, @plaintext, @decryptedAt)`,
  );
  const list = db.prepare<[], JournalRow>(`select ${columns} from wa_journal order by seq`);
  const find = db.prepare<[string, string, string, Buffer], { plaintext: Buffer }>(
    `select plaintext from wa_journal
     where chat = ? and sender = ? and message_id = ? and ciphertext_sha256 = ?`,
  );
  const removeDelivery = db.prepare<[string]>('delete from wa_journal where delivery = ?');
  return {
    insert: (row) => void insert.run(row),
    list: () => list.all(),
    findPlaintext: (key, sha256) => find.get(key.chat, key.sender, key.id, sha256)?.plaintext,
    deleteDelivery: (delivery) => void removeDelivery.run(delivery),
  };
}

/** Once per message: preparing the statement each time costs more than running it. */
const deletions = new WeakMap<Database, Statement<[string, string, string]>>();

/**
 * Forgets a message that the inbox has. Call it on the same connection inside the transaction that inserts
 * the inbox row: then the message is in exactly one of the two places after any crash.
 */
export function deleteJournaled(db: Database, { chat, sender, id }: JournalKey): void {
  let statement = deletions.get(db);
  if (!statement) {
    statement = db.prepare(
      'delete from wa_journal where chat = ? and sender = ? and message_id = ?',
    );
    deletions.set(db, statement);
  }
  statement.run(chat, sender, id);
}
