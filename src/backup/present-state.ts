import { existsSync } from 'node:fs';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Db } from '../db/database.ts';
import { copyLinkKeys, hasTable } from '../db/whole-database.ts';
import { isErrno } from '../errno.ts';
import type { HostPaths } from '../paths.ts';
import { CREDENTIALS_FOLDER, ENV_PATH } from './archive-path.ts';

/** Where a secret of the restored installation comes from. */
export type SecretOrigin = 'present' | 'archive' | 'none';

export interface SecretOrigins {
  /** The keys of the WhatsApp link. */
  readonly link: SecretOrigin;
  readonly credentials: SecretOrigin;
  readonly env: SecretOrigin;
}

/**
 * Decides, and carries over into the stage, which secrets the restored installation has: the present ones are newer
 * than those of any backup, and both a Signal session and a refresh token work once. `fromArchive` prefers the archive’s.
 */
export async function carrySecrets(
  db: Db,
  paths: HostPaths,
  stage: string,
  fromArchive: boolean,
): Promise<SecretOrigins> {
  return {
    link: carryLink(db, paths.database, fromArchive),
    credentials: await carryCredentials(paths, stage, fromArchive),
    env: await chooseEnv(paths, stage, fromArchive),
  };
}

/** The id of the installation goes with the place, not with the backup: containers are told apart by it. */
function carryLink(db: Db, present: string, fromArchive: boolean): SecretOrigin {
  db.prepare("delete from settings where key = 'installation'").run();
  const archived = countCreds(db, 'main') > 0 ? 'archive' : 'none';
  if (!existsSync(present)) return archived;
  try {
    db.prepare('attach ? as present').run(present);
  } catch (error) {
    if (error instanceof Database.SqliteError) return archived;
    throw error;
  }
  try {
    return takeFromPresent(db, archived, fromArchive);
  } catch (error) {
    // It may be for its damage that somebody restores.
    if (error instanceof Database.SqliteError) return archived;
    throw error;
  } finally {
    db.exec('detach present');
  }
}

function takeFromPresent(db: Db, archived: 'archive' | 'none', fromArchive: boolean): SecretOrigin {
  const take = db.transaction((): SecretOrigin => {
    if (!hasTable(db, 'wa_creds', 'present')) return archived;
    db.exec("insert into settings select * from present.settings where key = 'installation'");
    const isWanted = archived === 'none' || !fromArchive;
    if (!isWanted || countCreds(db, 'present') === 0) return archived;
    copyLinkKeys(db, 'present');
    return 'present';
  });
  return take.immediate();
}

function countCreds(db: Db, schema: 'main' | 'present'): number {
  const count = db.prepare<[], number>(`select count(*) from ${schema}.wa_creds`).pluck();
  return count.get() ?? 0;
}

async function carryCredentials(
  paths: HostPaths,
  stage: string,
  fromArchive: boolean,
): Promise<SecretOrigin> {
  const staged = join(stage, CREDENTIALS_FOLDER);
  const isArchived = await hasEntries(staged);
  const isPresent = await hasEntries(paths.credentials);
  if (!isPresent || (isArchived && fromArchive)) return isArchived ? 'archive' : 'none';
  await rm(staged, { recursive: true, force: true });
  await cp(paths.credentials, staged, { recursive: true, verbatimSymlinks: true });
  return 'present';
}

/** The present one stays where it is; it is no part of what is exchanged. */
async function chooseEnv(
  paths: HostPaths,
  stage: string,
  fromArchive: boolean,
): Promise<SecretOrigin> {
  const staged = join(stage, ENV_PATH);
  const isArchived = existsSync(staged);
  const isPresent = existsSync(join(paths.home, ENV_PATH));
  if (!isPresent || (isArchived && fromArchive)) return isArchived ? 'archive' : 'none';
  await rm(staged, { force: true });
  return 'present';
}

async function hasEntries(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
