import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Db } from '../../src/db/database.ts';
import type { DoctorWorld } from './doctor-world.ts';
import type { Fault } from './faults.ts';

const MIB = 1024 * 1024;
const LARGE = 80 * MIB;
const copyOf = ({ cli }: DoctorWorld) => join(cli.home, 'copy.db');
const backUp = (world: DoctorWorld) => copyFileSync(world.cli.paths.database, copyOf(world));

/** As the mend of a damaged database says. */
function restore(world: DoctorWorld): void {
  const { database } = world.cli.paths;
  for (const suffix of ['-wal', '-shm']) rmSync(`${database}${suffix}`, { force: true });
  copyFileSync(copyOf(world), database);
}

function damagePage({ cli }: DoctorWorld): void {
  let offset = 0;
  cli.fill((db) => {
    const root = db.prepare("select rootpage from sqlite_master where name = 'chats'").pluck();
    offset = (Number(root.get()) - 1) * Number(db.pragma('page_size', { simple: true }));
  });
  const bytes = readFileSync(cli.paths.database);
  writeFileSync(cli.paths.database, bytes.fill(0xff, offset, offset + 64));
}

/** Past the host's own way to open it, which checks references. */
function execRaw({ cli }: DoctorWorld, sql: string): void {
  const db = new Database(cli.paths.database);
  db.pragma('foreign_keys = off');
  db.exec(sql);
  db.close();
}

const held = new WeakMap<DoctorWorld, Db>();

/** Held open: the last to close it empties the log. */
function growWal(world: DoctorWorld): void {
  const db = new Database(world.cli.paths.database);
  db.pragma('wal_autocheckpoint = 0');
  db.exec('create table big (x); insert into big values (null)');
  const write = db.prepare('update big set x = randomblob(?)');
  for (let written = 0; written < LARGE; written += MIB) write.run(MIB);
  held.set(world, db);
}

export const databaseFaults: readonly Fault[] = [
  {
    ids: ['database.damaged'],
    fault: 'a damaged page',
    inject(world) {
      backUp(world);
      damagePage(world);
    },
    mend: restore,
  },
  {
    ids: ['database.unreadable'],
    fault: 'another file in its place',
    inject(world) {
      backUp(world);
      writeFileSync(world.cli.paths.database, 'x'.repeat(5_000));
    },
    mend: restore,
  },
  {
    ids: ['database.missing', 'link.missing'],
    fault: 'no database',
    inject(world) {
      backUp(world);
      rmSync(world.cli.paths.database);
    },
    mend: restore,
  },
  {
    ids: ['database.journal'],
    fault: 'another journal mode',
    inject: ({ cli }) => cli.fill((db) => void db.pragma('journal_mode = delete')),
    mend: ({ cli }) => cli.fill(() => undefined),
  },
  {
    ids: ['database.newer'],
    fault: 'the schema of a later version',
    inject(world) {
      backUp(world);
      execRaw(world, 'pragma user_version = 99');
    },
    mend: restore,
  },
  {
    ids: ['database.older'],
    fault: 'the schema of an earlier version',
    inject(world) {
      backUp(world);
      execRaw(world, 'pragma user_version = 1');
    },
    mend: restore,
  },
  {
    ids: ['database.references'],
    fault: 'a row that names nobody',
    inject: (world) =>
      execRaw(
        world,
        `insert into run_attempts (run_id, attempt, provider, model, started_at)
         values ('gone', 1, 'codex', 'm', 1)`,
      ),
    mend: (world) => execRaw(world, 'delete from run_attempts'),
  },
  {
    ids: ['database.wal'],
    fault: 'a log that is not written back',
    inject: growWal,
    mend: 'fix',
    after: (world) => void held.get(world)?.close(),
  },
  {
    ids: ['database.unused'],
    fault: 'pages that nobody uses',
    inject: ({ cli }) =>
      cli.fill((db) => {
        db.exec(`create table big (x); insert into big values (zeroblob(${LARGE}))`);
        db.exec('drop table big');
      }),
    mend: 'fix',
  },
];
