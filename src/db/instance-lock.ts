import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Another host of the same installation is running. */
export class InstanceLockedError extends Error {
  constructor() {
    super('Another Deckhand host is running with this data folder. Stop it first.');
    this.name = 'InstanceLockedError';
  }
}

/**
 * Holds the single-instance lock until disposed. It is an exclusive transaction on a database of its own: the
 * operating system drops it with the process, so that no stale lock can be left behind.
 */
export function acquireInstanceLock(path: string): Disposable {
  // Long enough for somebody who only looks whether a host is running.
  const db = new Database(path, { timeout: 500 });
  try {
    db.exec('begin exclusive');
  } catch (error) {
    db.close();
    if (isBusy(error)) throw new InstanceLockedError();
    throw error;
  }
  return { [Symbol.dispose]: () => void db.close() };
}

export function isHostRunning(path: string): boolean {
  if (!existsSync(path)) return false;
  const db = new Database(path, { timeout: 0, readonly: true });
  try {
    db.prepare('select count(*) from sqlite_master').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    db.close();
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
