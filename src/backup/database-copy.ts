import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openDatabaseReadonly } from '../db/database.ts';
import { NewerSchemaError } from '../db/migrate.ts';
import { migrations } from '../db/migrations/index.ts';
import { deleteLinkKeys } from '../db/whole-database.ts';
import { BackupError } from './backup-error.ts';

export interface DatabaseCopy {
  readonly file: string;
  readonly schema: number;
}

/**
 * Copies the database as it is at one moment, also while a host writes to it, into a folder that only this user can
 * enter. Without secrets the keys of the link are in no page of the copy.
 */
export function copyDatabase(database: string, folder: string, withSecrets: boolean): DatabaseCopy {
  const file = join(folder, 'deckhand.db');
  try {
    const schema = vacuumInto(database, file);
    if (!withSecrets) forgetLink(file);
    chmodSync(file, 0o600);
    return { file, schema };
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    const message = `The database cannot be copied: ${error.message}; \`deckhand doctor\` says more.`;
    throw new BackupError(message, { cause: error });
  }
}

function vacuumInto(from: string, to: string): number {
  const db = openDatabaseReadonly(from);
  try {
    const schema = Number(db.pragma('user_version', { simple: true }));
    const known = migrations.at(-1)?.version ?? 0;
    if (schema > known) throw new BackupError(new NewerSchemaError(schema, known).message);
    db.prepare('vacuum into ?').run(to);
    return schema;
  } finally {
    db.close();
  }
}

/** Deleted rows stay in free pages until the file is written anew. */
function forgetLink(file: string): void {
  const db = new Database(file, { fileMustExist: true });
  try {
    deleteLinkKeys(db);
    db.exec('vacuum');
  } finally {
    db.close();
  }
}
