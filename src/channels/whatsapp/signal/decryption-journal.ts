import type { JournalRow } from '../../../db/wa-journal.ts';
import type { Journal } from './journal.ts';
import type { OperationDeps } from './operation-deps.ts';
import { SignalStorageError } from './signal-error.ts';

/** The journal row of a decryption. Without a recorded stanza there is none, and a crash could lose the message. */
export function prepareRow(
  { journal, logger }: Pick<OperationDeps, 'journal' | 'logger'>,
  ciphertext: Uint8Array,
  encType: JournalRow['encType'],
  plaintext: Uint8Array,
): JournalRow | undefined {
  const row = journal.prepareRow(ciphertext, encType, plaintext);
  if (!row) logger.error({ encType }, 'decrypted a message whose stanza was not recorded');
  return row;
}

/** What this stanza was decrypted to when it came before; otherwise the error goes on. */
export function recallPlaintext(
  journal: Journal,
  ciphertext: Uint8Array,
  error: unknown,
): Uint8Array {
  const plaintext =
    error instanceof SignalStorageError ? undefined : journal.findPlaintext(ciphertext);
  if (!plaintext) throw error;
  return plaintext;
}
