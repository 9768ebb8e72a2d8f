import { statSync } from 'node:fs';
import { formatBytes, MIB } from '../../core/byte-size.ts';
import type { Db } from '../../db/database.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { truncateWal, vacuumDatabase } from '../../db/maintenance.ts';
import { firstReceivedAt } from '../../db/status-counts.ts';
import type { HostPaths } from '../../paths.ts';
import { type Finding, type Fix, warning } from './finding.ts';

/** SQLite empties the log at 4 MB; one that has grown this far is held up by a reader that does not end. */
const LARGE_WAL = 64 * MIB;
/** What a file may keep for later without anybody being told. */
const LARGE_UNUSED = 64 * MIB;
const DAY_MS = 24 * 60 * 60_000;

export interface DatabaseSize {
  readonly findings: readonly Finding[];
  /** The size, and what it has grown by a day when `now` was given. */
  readonly detail: string;
}

/** `now` in unix milliseconds; undefined: the tables are not those of this version. */
export function checkDatabaseSize(
  db: Db,
  paths: Pick<HostPaths, 'database' | 'lock'>,
  now: number | undefined,
): DatabaseSize {
  const pageSize = Number(db.pragma('page_size', { simple: true }));
  const size = Number(db.pragma('page_count', { simple: true })) * pageSize;
  const unused = Number(db.pragma('freelist_count', { simple: true })) * pageSize;
  const mayFix = now !== undefined;
  return {
    findings: [...checkWal(paths, mayFix), ...checkUnused(paths, size, unused, mayFix)],
    detail: `${formatBytes(size)}${describeGrowth(db, size, now)}`,
  };
}

function checkWal({ database }: Pick<HostPaths, 'database'>, mayFix: boolean): Finding[] {
  const size = statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size < LARGE_WAL) return [];
  const mend =
    'End programs that have the database open, then let it be written back:\n$ npx deckhand doctor --fix';
  const detail = `its write-ahead log has ${formatBytes(size)}`;
  return [warning('database.wal', detail, mend, mayFix ? writeBack(database) : undefined)];
}

function writeBack(path: string): Fix {
  return {
    async apply() {
      if (!truncateWal(path)) throw new Error('another program reads the database');
      return 'wrote the log back into the database and emptied it';
    },
  };
}

function checkUnused(
  { database, lock }: Pick<HostPaths, 'database' | 'lock'>,
  size: number,
  unused: number,
  mayFix: boolean,
): Finding[] {
  if (unused < LARGE_UNUSED || unused < size / 4) return [];
  const detail = `${formatBytes(unused)} of its ${formatBytes(size)} are not used`;
  const mend = 'Stop the host, and give them back to the disk:\n$ npx deckhand doctor --fix';
  const fix: Fix = {
    async apply() {
      vacuumDatabase(database, lock);
      return `gave ${formatBytes(unused)} back to the disk`;
    },
  };
  const canFix = mayFix && !isHostRunning(lock);
  return [warning('database.unused', detail, mend, canFix ? fix : undefined)];
}

function describeGrowth(db: Db, size: number, now: number | undefined): string {
  const since = now === undefined ? undefined : firstReceivedAt(db);
  if (now === undefined || since === undefined || now - since < DAY_MS) return '';
  return `, about ${formatBytes((size * DAY_MS) / (now - since))} a day`;
}
