import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Db, openDatabaseReadonly } from '../../db/database.ts';
import { LATEST_SCHEMA, schemaVersion } from '../database.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const CHECK = 'database';

/** Whether the database opens, is intact and has the schema of this version. Reads only. */
export function checkDatabase(path: string): Finding[] {
  if (!existsSync(path)) {
    return [warning(CHECK, 'there is none yet', '`deckhand link` makes it.')];
  }
  try {
    const db = openDatabaseReadonly(path);
    try {
      return examine(db, path);
    } finally {
      db.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [problem(CHECK, `cannot be read: ${reason}`, mendDamage(path))];
  }
}

function examine(db: Db, path: string): Finding[] {
  const damage = findDamage(db);
  if (damage !== undefined) return [problem(CHECK, `is damaged: ${damage}`, mendDamage(path))];
  const version = schemaVersion(db);
  const findings = [...checkSchema(version), ...checkJournal(db)];
  return findings.length > 0 ? findings : [ok(CHECK, `intact, schema ${version}, WAL`)];
}

function findDamage(db: Db): string | undefined {
  const first = db.prepare<[], string>('pragma integrity_check(1)').pluck().get();
  return first === 'ok' ? undefined : (first ?? 'no answer');
}

function checkSchema(version: number): Finding[] {
  if (version === LATEST_SCHEMA) return [];
  if (version < LATEST_SCHEMA) {
    const detail = `has schema ${version}, this version of Deckhand uses ${LATEST_SCHEMA}`;
    return [warning(CHECK, detail, '`deckhand start` updates it and keeps a copy of the old one.')];
  }
  return [
    problem(
      CHECK,
      `has schema ${version}, this version of Deckhand knows ${LATEST_SCHEMA}`,
      'Update Deckhand, or restore the backup beside the database.',
    ),
  ];
}

function checkJournal(db: Db): Finding[] {
  const mode = db.pragma('journal_mode', { simple: true });
  if (mode === 'wal') return [];
  return [
    warning(CHECK, `has the journal mode ${String(mode)}, not WAL`, '`deckhand start` sets it.'),
  ];
}

function mendDamage(path: string): string {
  const name = basename(path);
  const backups = readdirSync(dirname(path)).filter((file) =>
    new RegExp(`^${name}\\.schema-\\d+$`).test(file),
  );
  const found = backups.length > 0 ? ` (found: ${backups.join(', ')})` : '';
  return (
    `Stop the host and move ${name}, ${name}-wal and ${name}-shm out of data/. Then put a backup in ` +
    `their place${found}, or start afresh with \`deckhand link\`.`
  );
}
