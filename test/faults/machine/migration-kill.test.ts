import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { type Db, openDatabase } from '../../../src/db/database.ts';
import { migrations } from '../../../src/db/migrations/index.ts';

const WORKER = join(import.meta.dirname, 'migration-worker.ts');
const LATEST = migrations.length;
/** Updates that are killed at the same time. */
const PARALLEL = 3;

/** Two questions and an answer, as the first version kept them. */
const ROWS = `
  insert into chats values ('1@g.us', 'Family', 1, 5);
  insert into messages values
    (1, '1@g.us', '5@lid', 'M1', 'Ana', 1, 2, 'hello', 0, null, 'answered', 1, null),
    (2, '1@g.us', '5@lid', 'M2', 'Ana', 3, 4, 'and now?', 0, null, 'pending', 1, null);
  insert into outbox values (1, '3EB0', '1@g.us', 'run:r:0', '{}', 'acked', 1, 2, 3, null);`;

class Installation implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'deckhand-update-'));
  readonly path = join(this.folder, 'deckhand.db');

  /** Makes the database of an earlier version with something in it; version 0 has none yet. */
  constructor(version: number, rows = ROWS) {
    if (version === 0) return;
    using db = this.#open(version);
    db.exec(rows);
  }

  /** Looks in without changing anything. */
  read<T>(look: (db: Db) => T): T {
    const db = new Database(this.path);
    try {
      return look(db);
    } finally {
      db.close();
    }
  }

  /** As the next start of the host does it. */
  update(): void {
    openDatabase(this.path).close();
  }

  #open(version: number): Db & Disposable {
    const db = openDatabase(this.path, migrations.slice(0, version));
    return Object.assign(db, { [Symbol.dispose]: () => void db.close() });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

function versionOf(db: Db): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function schemaOf(db: Db): unknown[] {
  return db
    .prepare("select sql from sqlite_master where name not like 'sqlite_%' order by name")
    .all();
}

function contentOf(db: Db): unknown[] {
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.pragma('foreign_key_check')).toEqual([]);
  const messages = db.prepare('select seq, id, text, state from messages order by seq').all();
  return [...messages, ...db.prepare('select id, origin, state from outbox').all()];
}

function schemaAfter(version: number): unknown[] {
  if (version === 0) return [];
  using fresh = new Installation(version, '');
  return fresh.read(schemaOf);
}

function startUpdate(path: string, moments: number) {
  return spawn(process.execPath, [WORKER, path, String(moments)], { stdio: 'inherit' });
}

/** Whether it was killed; it is not when there are no such many moments. */
async function killAt({ path }: Installation, moment: number): Promise<boolean> {
  const [code, signal] = await once(startUpdate(path, moment), 'exit');
  expect([code, signal]).toEqual(signal === null ? [0, null] : [null, 'SIGKILL']);
  return signal !== null;
}

/** One whole life of an installation: an update that is cut off, and the start after it. */
async function checkMoment(version: number, moment: number): Promise<boolean> {
  using installation = new Installation(version);
  const before = version === 0 ? [] : installation.read(contentOf);
  const wasKilled = await killAt(installation, moment);
  const reached = installation.read(versionOf);
  expect(installation.read(schemaOf)).toEqual(schemaAfter(reached));
  installation.update();
  expect(installation.read(versionOf)).toBe(LATEST);
  expect(installation.read(contentOf)).toEqual(before);
  expect(installation.read(schemaOf)).toEqual(schemaAfter(LATEST));
  return wasKilled;
}

test.each([0, 1])(
  'an update from schema %i that is killed at any of its statements leaves whole steps, and the next start ends it with all that was there',
  async (version) => {
    let moment = 0;
    const checkRest = async () => {
      while (await checkMoment(version, moment++));
    };
    await Promise.all(Array.from({ length: PARALLEL }, checkRest));
    expect(moment).toBeGreaterThan(2 * (LATEST - version) + PARALLEL);
  },
);

const MUCH = `${ROWS}
  with recursive n(i) as (select 3 union all select i + 1 from n where i < 30000)
  insert into messages select i, '1@g.us', '5@lid', 'M' || i, 'Ana', i, i,
    hex(randomblob(400)), 0, null, 'consumed', 0, null from n;`;

test('a copy of the old database that is cut off is no copy, and the next start makes a whole one', async () => {
  using installation = new Installation(1, MUCH);
  const before = installation.read(contentOf);
  using watcher = watchWrites(installation.folder, 'deckhand.db.schema-1.unfinished');
  const worker = startUpdate(installation.path, Number.MAX_SAFE_INTEGER);
  const exited = once(worker, 'exit');
  await watcher.first;
  worker.kill('SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(existsSync(`${installation.path}.schema-1`)).toBe(false);
  installation.update();
  expect(installation.read(contentOf)).toEqual(before);
  const copy = new Database(`${installation.path}.schema-1`, { readonly: true });
  expect(contentOf(copy)).toEqual(before);
  expect(versionOf(copy)).toBe(1);
  copy.close();
  expect(readdirSync(installation.folder)).toEqual(['deckhand.db', 'deckhand.db.schema-1']);
});

/** `first` resolves when something has been written into a file of the folder. */
function watchWrites(folder: string, name: string) {
  const { promise: first, resolve } = Promise.withResolvers<void>();
  const watcher = watch(folder, (event, file) => {
    if (event === 'change' && file === name) resolve();
  });
  return { first, [Symbol.dispose]: () => watcher.close() };
}
