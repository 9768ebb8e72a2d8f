import { existsSync } from 'node:fs';
import { type Db, openDatabaseReadonly } from '../db/database.ts';
import { NewerSchemaError } from '../db/migrate.ts';
import { migrations } from '../db/migrations/index.ts';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-code.ts';

export const LATEST_SCHEMA = migrations.at(-1)?.version ?? 0;

/**
 * Reads from the database, also while a host is running. Undefined when there is none yet; throws when its
 * schema is not the one that this version reads.
 */
export function readDatabase<T>(path: string, read: (db: Db) => T): T | undefined {
  if (!existsSync(path)) return undefined;
  const db = openDatabaseReadonly(path);
  try {
    const found = schemaVersion(db);
    if (found === 0) return undefined;
    if (found > LATEST_SCHEMA) throw new NewerSchemaError(found, LATEST_SCHEMA);
    if (found < LATEST_SCHEMA) {
      throw new CliError(
        EXIT.failed,
        'The database is from an older version of Deckhand: run `deckhand start` once, which updates it.',
      );
    }
    return read(db);
  } finally {
    db.close();
  }
}

export function schemaVersion(db: Db): number {
  return Number(db.pragma('user_version', { simple: true }));
}
