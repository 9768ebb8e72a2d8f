import Database from 'better-sqlite3';

/** SQLite's result codes for what passes without a change to the program: https://sqlite.org/rescode.html */
const PASSING = [
  'SQLITE_FULL',
  'SQLITE_BUSY',
  'SQLITE_IOERR',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
];

/** Whether the machine has refused a write, e.g. because its disk is full: the same write may succeed later. */
export function isStorageFault(error: unknown): boolean {
  if (!(error instanceof Database.SqliteError)) return false;
  const { code } = error;
  return PASSING.some((passing) => code === passing || code.startsWith(`${passing}_`));
}
