import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type Db, openDatabaseReadonly } from '../db/database.ts';
import { NewerSchemaError } from '../db/migrate.ts';
import { migrations } from '../db/migrations/index.ts';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-code.ts';

export const LATEST_SCHEMA = migrations.at(-1)?.version ?? 0;

/**
 * Reads from the database, also while a host is running. Undefined when there is none yet; throws CliError
 * when it cannot be read or its schema is not the one of this version.
 */
export function readDatabase<T>(path: string, read: (db: Db) => T): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const db = openDatabaseReadonly(path);
    try {
      return isReady(db) ? read(db) : undefined;
    } finally {
      db.close();
    }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    throw unreadable(`${error.message}; \`deckhand doctor\` says more.`, error);
  }
}

/** For commands that have nothing to say without a database. */
export function noDatabase(): CliError {
  return new CliError(
    EXIT.notReady,
    'There is no database yet; it is made by the first `deckhand link` or `deckhand start`.',
  );
}

/** False before the first migration. */
function isReady(db: Db): boolean {
  const found = schemaVersion(db);
  if (found > LATEST_SCHEMA) throw unreadable(new NewerSchemaError(found, LATEST_SCHEMA).message);
  if (found > 0 && found < LATEST_SCHEMA) {
    throw unreadable('it is from an older version; run `deckhand start` once, which updates it.');
  }
  return found > 0;
}

function unreadable(reason: string, cause?: Error): CliError {
  return new CliError(EXIT.failed, `The database cannot be read: ${reason}`, { cause });
}

export function schemaVersion(db: Db): number {
  return Number(db.pragma('user_version', { simple: true }));
}
