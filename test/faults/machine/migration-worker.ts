import Database from 'better-sqlite3';
import { applyMigrations } from '../../../src/db/migrate.ts';
import { migrations } from '../../../src/db/migrations/index.ts';

/**
 * Brings a database up to date and dies without a word at one of the moments on the way: before and after each
 * statement of each step. The arguments are the database and how many moments to survive.
 */
const [path = '', survived = ''] = process.argv.slice(2);
let left = Number(survived);
const db = new Database(path);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.function('pass_moment', () => {
  if (left === 0) process.kill(process.pid, 'SIGKILL');
  left -= 1;
  return null;
});
const steps = migrations.map((step) => ({ ...step, sql: withMoments(step.sql) }));
applyMigrations(db, path, steps);
db.close();

/** The comments stay: SQLite keeps them with the schema. */
function withMoments(sql: string): string {
  const statements = sql.split(/;\s*$/m).filter((statement) => statement.trim() !== '');
  return [...statements, ''].join(';\nselect pass_moment();\n');
}
