import type { JournalKey } from '../../../db/wa-journal.ts';

/** More than a connection has unacknowledged when it drops. */
const maxEntries = 512;

/** Larger ones are history chunks of our own phone, which are not worth the memory. */
const maxBytes = 65_536;

/** What the last stanzas were decrypted to, found by stanza and ciphertext together. */
export interface RecentPlaintexts {
  add(key: JournalKey, ciphertextSha256: Buffer, plaintext: Uint8Array): void;
  /** A ciphertext under another chat, sender or id is a replay and not found. */
  find(key: JournalKey, ciphertextSha256: Buffer): Uint8Array | undefined;
}

export function createRecentPlaintexts(): RecentPlaintexts {
  const entries = new Map<string, Uint8Array>();
  const nameOf = (key: JournalKey, sha256: Buffer) =>
    JSON.stringify([key.chat, key.sender, key.id, sha256.toString('base64')]);
  return {
    add(key, sha256, plaintext) {
      if (plaintext.length > maxBytes) return;
      entries.set(nameOf(key, sha256), plaintext);
      if (entries.size <= maxEntries) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        break;
      }
    },
    find: (key, sha256) => entries.get(nameOf(key, sha256)),
  };
}
