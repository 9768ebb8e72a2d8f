import { randomBytes } from 'node:crypto';
import type { Db } from './database.ts';

/**
 * Name of this installation, 12 hex digits, made once: labels on containers carry it, so that two
 * installations on one machine never touch each other's.
 */
export function installationId(db: Db): string {
  db.prepare(
    "insert into settings (key, value) values ('installation', ?) on conflict do nothing",
  ).run(randomBytes(6).toString('hex'));
  const value = db
    .prepare<[], string>("select value from settings where key = 'installation'")
    .pluck()
    .get();
  if (value === undefined) throw new Error('The installation id cannot be stored in the database.');
  return value;
}
