import Database from 'better-sqlite3';

/** Takes the write lock of the database that the argument names, says so, and keeps it until it is told to end. */
const db = new Database(process.argv[2]);
db.exec('begin immediate');
process.once('message', () => db.close());
process.send?.('locked');
