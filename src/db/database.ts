import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import { applyMigrations } from './migrate.ts';
import { type Migration, migrations } from './migrations/index.ts';

export type Db = Database.Database;

/**
 * Opens (or makes) the database and brings its schema up to date. Throws when the file was written by a
 * newer version or is not a database.
 */
export function openDatabase(path: string, steps: readonly Migration[] = migrations): Db {
  const db = new Database(path);
  try {
    // Before the log beside it exists, which is made with the mode of the database.
    if (path !== ':memory:') chmodSync(path, 0o600);
    setPragmas(db);
    applyMigrations(db, path, steps);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens an existing database to look at it while a host may be running. */
export function openDatabaseReadonly(path: string): Db {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  db.pragma('busy_timeout = 5000');
  return db;
}

/** `synchronous` is not stored in the file: better-sqlite3 falls back to NORMAL on every open. */
function setPragmas(db: Db): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('busy_timeout = 5000');
}
