import Database from 'better-sqlite3';

/** From here on only the order of the pages is checked, not each index: that takes seconds per gigabyte. */
const WHOLE_BELOW_PAGES = 131_072;

/** Its argument is the path of a database; prints what is wrong with it as one line of JSON, see integrity.ts. */
const [, , path = ''] = process.argv;
const db = new Database(path, { readonly: true, fileMustExist: true });
try {
  db.pragma('busy_timeout = 5000');
  const pages = Number(db.pragma('page_count', { simple: true }));
  const isWhole = pages < WHOLE_BELOW_PAGES;
  const check = isWhole ? 'pragma integrity_check(1)' : 'pragma quick_check(1)';
  const damage = db.prepare<[], string>(check).pluck().get() ?? 'no answer';
  const reference =
    damage === 'ok'
      ? db.prepare<[], { table: string }>('pragma foreign_key_check').get()
      : undefined;
  const integrity = { isWhole, damage, brokenTable: reference?.table ?? null };
  process.stdout.write(`${JSON.stringify(integrity)}\n`);
} finally {
  db.close();
}
