import { openDatabase } from './database.ts';
import { acquireInstanceLock } from './instance-lock.ts';

/**
 * Writes what the write-ahead log holds into the database and empties it, also while a host is running. False when a
 * reader of old pages kept it from that.
 */
export function truncateWal(path: string): boolean {
  const db = openDatabase(path);
  try {
    return db.pragma('wal_checkpoint(truncate)', { simple: true }) === 0;
  } finally {
    db.close();
  }
}

/** Gives unused pages back to the disk. Throws InstanceLockedError while a host is running: it would have to wait. */
export function vacuumDatabase(path: string, lock: string): void {
  using _lock = acquireInstanceLock(lock);
  const db = openDatabase(path);
  try {
    db.exec('vacuum');
  } finally {
    db.close();
  }
}
