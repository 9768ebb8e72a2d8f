import { chmodSync, existsSync } from 'node:fs';
import Database from 'better-sqlite3';

/**
 * Takes a lock that no other process and no other caller has, and holds it until disposed. Undefined when
 * somebody has it for longer than `patienceMs`, during which this process stands still.
 *
 * It is an exclusive transaction on a database of its own: the operating system drops it with the process, so that no
 * stale lock can be left behind. The file must be opened by nothing else: POSIX drops a process's locks on a file with
 * the first descriptor of it that the process closes.
 */
export function tryExclusiveLock(path: string, patienceMs: number): Disposable | undefined {
  const db = new Database(path, { timeout: patienceMs });
  try {
    // By its name: opening it would drop the lock that another caller of this process has.
    chmodSync(path, 0o600);
    db.exec('begin exclusive');
  } catch (error) {
    db.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => void db.close() };
}

export function isExclusivelyLocked(path: string): boolean {
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
