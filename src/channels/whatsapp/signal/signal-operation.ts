import type { Database } from 'better-sqlite3';
import { passCrashPoint } from '../../../crash-points.ts';
import type { JournalRow } from '../../../db/wa-journal.ts';
import type { WaKeyTable } from '../../../db/wa-keys.ts';
import type { Journal } from './journal.ts';
import { createKeyUnit, type KeyUnit } from './key-unit.ts';
import { createLoopTurns } from './loop-turns.ts';
import { SignalStorageError } from './signal-error.ts';

/** Runs work on a fresh unit and commits what it staged, with the journal row if there is one. */
export interface SignalOperations {
  /**
   * Rejects with what `work` threw (then nothing is written), or with SignalStorageError after calling
   * `onStorageFailure` when the database failed.
   */
  run<T>(
    work: (unit: KeyUnit) => Promise<T>,
    toRow?: (result: T) => JournalRow | undefined,
  ): Promise<T>;
}

export interface SignalOperationDeps {
  readonly db: Database;
  readonly table: WaKeyTable;
  readonly journal: Journal;
  readonly onStorageFailure: (error: SignalStorageError) => void;
}

/**
 * Every operation is a transaction of its own, never part of one of Baileys': the new ratchet is on disk
 * before a ciphertext leaves or a plaintext is seen. Each has a turn of the event loop of its own.
 */
export function createSignalOperations(deps: SignalOperationDeps): SignalOperations {
  const { db, table, journal, onStorageFailure } = deps;
  const commit = db.transaction((unit: KeyUnit, row: JournalRow | undefined) => {
    table.write(unit.rows());
    if (!row) return;
    passCrashPoint('ratchet-advancing');
    journal.insert(row);
  });
  const takeTurn = createLoopTurns();
  const fail = (cause: unknown): never => {
    const error = new SignalStorageError(cause);
    onStorageFailure(error);
    throw error;
  };
  return {
    async run(work, toRow) {
      await takeTurn();
      const unit = createKeyUnit(table);
      const result = await work(unit).catch((error: unknown) => {
        if (unit.failure) fail(unit.failure);
        throw error;
      });
      const row = toRow?.(result);
      try {
        commit.immediate(unit, row);
      } catch (error) {
        fail(error);
      }
      if (row) passCrashPoint('message-decrypted');
      return result;
    },
  };
}
