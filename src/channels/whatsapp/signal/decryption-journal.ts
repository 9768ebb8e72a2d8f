import type { JournalRow } from '../../../db/wa-journal.ts';
import type { Journal } from './journal.ts';
import type { OperationDeps } from './operation-deps.ts';
import { isUsedKey, MissedMessageError, SignalStorageError } from './signal-error.ts';

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

/**
 * What this stanza was decrypted to when it came before; otherwise the error goes on. Of a spent key it becomes one on
 * which Baileys asks for the message again, unless the inbox has it.
 */
export function recallPlaintext(
  journal: Journal,
  ciphertext: Uint8Array,
  error: unknown,
): Uint8Array {
  if (error instanceof SignalStorageError) throw error;
  const plaintext = journal.findPlaintext(ciphertext);
  if (plaintext) return plaintext;
  if (isUsedKey(error) && journal.isMissed(ciphertext)) throw new MissedMessageError(error);
  throw error;
}
