import type { Db } from '../../../src/db/database.ts';

/** All rows of all tables, each behind the name of its own. */
export function dumpRows(db: Db): string[] {
  const tables = db.prepare(`select name from sqlite_schema where type = 'table'`).pluck().all();
  return tables.map(String).flatMap((table) => {
    const rows = db.prepare(`select * from "${table}"`).all();
    return rows.map((row) => [table, ...Object.values(row as object)].join(' '));
  });
}
