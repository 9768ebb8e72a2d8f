import type { Db } from './database.ts';

/** What belongs to the link: whoever has it is this device for WhatsApp. */
const LINK_TABLES = ['wa_creds', 'wa_keys'] as const;

/** Removes the keys of the link. Tables that an older schema does not have are passed over. */
export function deleteLinkKeys(db: Db): void {
  for (const table of LINK_TABLES) {
    if (hasTable(db, table)) db.exec(`delete from ${table}`);
  }
}

/** Replaces the keys of the link by those of another database, which is attached under this name. */
export function copyLinkKeys(db: Db, from: string): void {
  for (const table of LINK_TABLES) {
    db.exec(`delete from main.${table}; insert into main.${table} select * from ${from}.${table};`);
  }
}

export function hasTable(db: Db, name: string, schema = 'main'): boolean {
  const find = db.prepare(
    `select 1 from ${schema}.sqlite_master where type = 'table' and name = ?`,
  );
  return find.get(name) !== undefined;
}
