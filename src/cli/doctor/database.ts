import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Db, openDatabaseReadonly } from '../../db/database.ts';
import type { HostPaths } from '../../paths.ts';
import { LATEST_SCHEMA, schemaVersion } from '../database.ts';
import { checkDatabaseSize } from './database-size.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import { type Integrity, readIntegrity } from './integrity.ts';

/** Whether the database opens, is intact, has the schema of this version and a sound size. Reads only. */
export async function checkDatabase(
  paths: HostPaths,
  now: number,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { database: path } = paths;
  if (!existsSync(path)) {
    const mend = 'Linking makes it:\n$ npx deckhand link';
    return [warning('database.missing', 'there is none yet', mend)];
  }
  try {
    const integrity = await readIntegrity(path, signal);
    if (integrity.damage !== 'ok') {
      const detail = `is damaged: ${integrity.damage}`;
      return [problem('database.damaged', detail, mendDamage(path))];
    }
    const db = openDatabaseReadonly(path);
    try {
      return examine(db, paths, integrity, now);
    } finally {
      db.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    return [problem('database.unreadable', `cannot be read: ${reason}`, mendDamage(path))];
  }
}

function examine(db: Db, paths: HostPaths, integrity: Integrity, now: number): Finding[] {
  const version = schemaVersion(db);
  const size = checkDatabaseSize(db, paths, version === LATEST_SCHEMA ? now : undefined);
  const findings = [
    ...checkSchema(version),
    ...checkJournal(db),
    ...checkReferences(integrity),
    ...size.findings,
  ];
  const depth = integrity.isWhole ? 'intact' : 'intact as far as a quick look tells';
  const detail = `${depth}, schema ${version}, WAL, ${size.detail}`;
  return findings.length > 0 ? findings : [ok('database', detail)];
}

function checkSchema(version: number): Finding[] {
  if (version === LATEST_SCHEMA) return [];
  if (version < LATEST_SCHEMA) {
    const detail = `has schema ${version}, this version of Deckhand uses ${LATEST_SCHEMA}`;
    const mend = '`deckhand start` updates it and keeps a copy of the old one.';
    return [warning('database.older', detail, mend)];
  }
  const detail = `has schema ${version}, this version of Deckhand knows ${LATEST_SCHEMA}`;
  const mend =
    'Update Deckhand, or put a backup of this version in its place:\n$ npx deckhand restore <file>';
  return [problem('database.newer', detail, mend)];
}

function checkJournal(db: Db): Finding[] {
  const mode = db.pragma('journal_mode', { simple: true });
  if (mode === 'wal') return [];
  const detail = `has the journal mode ${String(mode)}, not WAL`;
  return [warning('database.journal', detail, '`deckhand start` sets it.')];
}

function checkReferences({ brokenTable }: Integrity): Finding[] {
  if (brokenTable === null) return [];
  const detail = `a row of the table ${brokenTable} names a row of another table that is not there`;
  const mend =
    'Another program than Deckhand has changed the database. Answers go on; what is told of the past may have gaps. ' +
    'A backup from before has none.';
  return [warning('database.references', detail, mend)];
}

function mendDamage(path: string): string {
  const name = basename(path);
  const backups = readdirSync(dirname(path)).filter((file) =>
    new RegExp(`^${name}\\.schema-\\d+$`).test(file),
  );
  const copies =
    backups.length === 0
      ? ''
      : ` put a copy from before an update in their place (${backups.join(', ')}), or`;
  return (
    'Stop the host and put a backup in its place:\n$ npx deckhand restore <file>\n' +
    `Without a backup, move ${name}, ${name}-wal and ${name}-shm out of data/; then${copies} start afresh with ` +
    '`deckhand link`.'
  );
}
