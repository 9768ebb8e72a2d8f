import { join } from 'node:path';
import { expect } from 'vitest';
import { type Db, openDatabaseReadonly } from '../../db/database.ts';
import { fillInstallation } from '../backup/installation.fixture.ts';
import { type CliWorld, createCliWorld, NOW } from '../cli-world.fixture.ts';

const DAY_MS = 86_400_000;

/** When a restore happens: a day after everything that is in the backup. */
export const LATER = NOW + DAY_MS;

export interface RestorePair extends Disposable {
  /** From which the archive comes; linked, with everything under way. */
  readonly source: CliWorld;
  /** Into which it goes; empty. */
  readonly target: CliWorld;
  archive: string;
  backUp(...options: string[]): Promise<void>;
  restore(...options: string[]): Promise<{ readonly stdout: string }>;
}

/** Two installations and the way from one to the other, which has to work without a complaint. */
export function createRestorePair(): RestorePair {
  const source = createCliWorld();
  const target = createCliWorld();
  fillInstallation(source);
  const pair: RestorePair = {
    source,
    target,
    archive: join(source.home, 'backup.tar.gz'),
    async backUp(...options) {
      const end = await source.run('backup', pair.archive, ...options);
      expect(end).toMatchObject({ code: 0, stderr: '' });
    },
    async restore(...options) {
      const context = { now: () => LATER };
      const end = await target.runWith(context, 'restore', pair.archive, ...options);
      expect(end).toMatchObject({ code: 0, stderr: '' });
      return end;
    },
    [Symbol.dispose]() {
      source[Symbol.dispose]();
      target[Symbol.dispose]();
    },
  };
  return pair;
}

/** What is in the database of an installation. */
export function readRows<T>({ paths }: CliWorld, work: (db: Db) => T): T {
  const db = openDatabaseReadonly(paths.database);
  const value = work(db);
  db.close();
  return value;
}
