import type { Database } from 'better-sqlite3';

/** Text is JSON, a Buffer is a binary record. Which types are which is the caller's matter. */
export type WaKeyValue = string | Buffer;

export interface WaKeyRow {
  readonly type: string;
  readonly id: string;
  /** `null` deletes the key. */
  readonly value: WaKeyValue | null;
}

export interface WaKeyTable {
  find(type: string, id: string): WaKeyValue | undefined;
  /** Ids of one type that start with `prefix`, in order. */
  listIds(type: string, prefix: string): string[];
  /** Writes or deletes all rows in one transaction (a savepoint inside another one). */
  write(rows: readonly WaKeyRow[]): void;
  isEmpty(): boolean;
  clear(): void;
}

interface ValueColumn {
  value: WaKeyValue;
}

export function createWaKeyTable(db: Database): WaKeyTable {
  const select = db.prepare<[string, string], ValueColumn>(
    'select value from wa_keys where type = ? and id = ?',
  );
  const selectIds = db.prepare<[string, string, string], { id: string }>(
    'select id from wa_keys where type = ? and id >= ? and id < ? order by id',
  );
  const upsert = db.prepare<[string, string, WaKeyValue]>(
    'insert into wa_keys (type, id, value) values (?, ?, ?) on conflict (type, id) do update set value = excluded.value',
  );
  const remove = db.prepare<[string, string]>('delete from wa_keys where type = ? and id = ?');
  const selectAny = db.prepare('select 1 from wa_keys limit 1');
  const removeAll = db.prepare('delete from wa_keys');
  const write = db.transaction((rows: readonly WaKeyRow[]) => {
    for (const { type, id, value } of rows) {
      if (value === null) remove.run(type, id);
      else upsert.run(type, id, value);
    }
  });
  return {
    find: (type, id) => select.get(type, id)?.value,
    listIds: (type, prefix) =>
      selectIds.all(type, prefix, `${prefix}\u{10ffff}`).map((row) => row.id),
    write,
    isEmpty: () => selectAny.get() === undefined,
    clear: () => void removeAll.run(),
  };
}

/** The link's credentials as the JSON text that was written, undefined before the first link. */
export function readWaCreds(db: Database): string | undefined {
  return db.prepare<[], { value: string }>('select value from wa_creds where id = 1').get()?.value;
}

export function writeWaCreds(db: Database, value: string): void {
  db.prepare(
    'insert into wa_creds (id, value) values (1, ?) on conflict (id) do update set value = excluded.value',
  ).run(value);
}

export function deleteWaCreds(db: Database): void {
  db.prepare('delete from wa_creds').run();
}
