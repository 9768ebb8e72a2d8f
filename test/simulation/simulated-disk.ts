import type { Statement } from 'better-sqlite3';
import { type Db, openDatabase } from '../../src/db/database.ts';

type Row = Statement;

/** Thrown at everything that a host does to its database after its death. */
export class HostIsDead extends Error {}

/**
 * A real SQLite database in memory, of which a transaction that has ended survives a host and one that has not does
 * not, as on a disk. One after the other, hosts open it; their statements are prepared once for all of them.
 */
export class SimulatedDisk {
  readonly db: Db = openDatabase(':memory:');
  readonly #statements = new Map<string, Row>();
  readonly #tables: readonly string[];

  constructor() {
    this.#tables = this.db
      .prepare<[], string>(
        "select name from sqlite_schema where type = 'table' and (name not like 'sqlite%' or name = 'sqlite_sequence')",
      )
      .pluck()
      .all();
  }

  /** Empties it for another history. */
  clear(): void {
    this.statement('pragma foreign_keys = off', false).run();
    for (const table of this.#tables) this.statement(`delete from ${table}`, false).run();
    this.statement('pragma foreign_keys = on', false).run();
  }

  statement(sql: string, isPlucked: boolean): Row {
    const key = isPlucked ? `${sql} --pluck` : sql;
    const known = this.#statements.get(key);
    if (known !== undefined) return known;
    const made = this.db.prepare(sql);
    if (isPlucked) made.pluck();
    this.#statements.set(key, made);
    return made;
  }

  /**
   * The database as one host has it, until `isAlive` says that the host is dead. Without transactions each statement
   * stands for itself: a fault that must be found.
   */
  open(isAlive: () => boolean, hasTransactions = true): Db {
    const opened = {
      prepare: (sql: string) => new HostStatement(this, isAlive, sql, false),
      transaction: (work: (...args: unknown[]) => unknown) =>
        hasTransactions ? this.db.transaction(work) : Object.assign(work, { immediate: work }),
      exec: (sql: string) => {
        assertAlive(isAlive);
        this.db.exec(sql);
      },
    };
    return opened as unknown as Db;
  }

  /** The process is gone: a transaction that has not ended never was. */
  loseTransaction(): void {
    if (this.db.inTransaction) this.db.exec('rollback');
  }
}

class HostStatement {
  readonly #disk: SimulatedDisk;
  readonly #isAlive: () => boolean;
  readonly #sql: string;
  readonly #isPlucked: boolean;

  constructor(disk: SimulatedDisk, isAlive: () => boolean, sql: string, isPlucked: boolean) {
    this.#disk = disk;
    this.#isAlive = isAlive;
    this.#sql = sql;
    this.#isPlucked = isPlucked;
  }

  pluck(): HostStatement {
    return new HostStatement(this.#disk, this.#isAlive, this.#sql, true);
  }

  run(...params: unknown[]) {
    return this.#row().run(...params);
  }

  get(...params: unknown[]) {
    return this.#row().get(...params);
  }

  all(...params: unknown[]) {
    return this.#row().all(...params);
  }

  #row(): Row {
    assertAlive(this.#isAlive);
    return this.#disk.statement(this.#sql, this.#isPlucked);
  }
}

function assertAlive(isAlive: () => boolean): void {
  if (!isAlive()) throw new HostIsDead('this host is dead');
}
