import { chmodSync, renameSync, rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { Migration } from './migrations/index.ts';

/** The database was written by a newer version of Deckhand. */
export class NewerSchemaError extends Error {
  constructor(found: number, known: number) {
    super(
      `The database has schema ${found}, this version of Deckhand knows ${known}. ` +
        'Update Deckhand, or restore the backup beside the database.',
    );
    this.name = 'NewerSchemaError';
  }
}

/**
 * Applies the missing steps, each with its version bump in one transaction, so that a crash leaves the
 * schema at a whole step. An existing database is copied aside first (`<file>.schema-<version>`).
 */
export function applyMigrations(db: Database, path: string, steps: readonly Migration[]): void {
  const known = steps.at(-1)?.version ?? 0;
  const found = readVersion(db);
  if (found > known) throw new NewerSchemaError(found, known);
  const missing = steps.filter((step) => step.version > found);
  if (missing.length > 0 && found > 0 && path !== ':memory:') backUp(db, `${path}.schema-${found}`);
  for (const step of missing) applyStep(db, step);
}

/** Written under another name first: a copy that a crash cut short must not look like a backup. */
function backUp(db: Database, path: string): void {
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  db.prepare('vacuum into ?').run(unfinished);
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
}

function readVersion(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function applyStep(db: Database, step: Migration): void {
  const apply = db.transaction(() => {
    // Another process may have got here first: the version is only certain under the write lock.
    if (readVersion(db) >= step.version) return;
    db.exec(step.sql);
    db.pragma(`user_version = ${step.version}`);
  });
  apply.immediate();
}
