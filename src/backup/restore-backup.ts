import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { type Db, openDatabase } from '../db/database.ts';
import { acquireInstanceLock } from '../db/instance-lock.ts';
import { type SettledRows, settleRestored } from '../db/settle-restored.ts';
import { type HostPaths, hostPaths } from '../paths.ts';
import { ENV_PATH } from './archive-path.ts';
import { refuseUnreadable } from './archive-reader.ts';
import { BackupError } from './backup-error.ts';
import { explainFullDisk } from './full-disk.ts';
import type { BackupHeader } from './manifest.ts';
import { carrySecrets, type SecretOrigins } from './present-state.ts';
import { finishSwap, isSwapPlanned, refuseMounts, type SwapPlan, swap } from './swap.ts';
import { unpack } from './unpack.ts';

const STAGE_PREFIX = '.deckhand-restore-';

export interface RestoreRequest {
  readonly paths: HostPaths;
  /** The archive. */
  readonly file: string;
  /** Answer and send what waited when the backup was made, though it may have been done since. */
  readonly keepPending: boolean;
  /** Take the archive’s secrets in place of present ones. */
  readonly withSecrets: boolean;
  /** Unix milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

export interface Restored {
  readonly header: BackupHeader;
  readonly fileCount: number;
  /** Names below the installation’s folder under which the former state lies. */
  readonly asides: readonly string[];
  readonly settled: SettledRows;
  readonly secrets: SecretOrigins;
}

/**
 * Puts an archive in the place of an installation’s state, which is moved aside. Everything is unpacked, compared with
 * the manifest and made ready beside it first. Rejects with InstanceLockedError while a host runs, and with BackupError
 * when the archive is not good; both leave everything as it was. Interrupted, it leaves the old state or the new one.
 */
export async function restoreBackup(request: RestoreRequest): Promise<Restored> {
  const { paths, now } = request;
  await refuseUnreadable(request.file);
  await finishSwap(paths.home);
  const isFresh = !existsSync(paths.data);
  await mkdir(paths.data, { recursive: true, mode: 0o700 });
  using _lock = acquireInstanceLock(paths.lock);
  await removeLeftStages(paths.home);
  await refuseMounts(paths.home, ['data', 'groups', ENV_PATH]);
  const stage = await mkdtemp(join(paths.home, STAGE_PREFIX));
  try {
    const { header, manifest } = await unpack(request.file, stage, request.signal);
    const ready = await prepare(request, stage, header.secrets);
    request.signal.throwIfAborted();
    // A host that starts between two renames finds this one taken as well.
    using _next = acquireInstanceLock(hostPaths(stage).lock);
    const plan = makePlan(paths.home, basename(stage), now);
    await swap(paths.home, plan);
    const asides = plan.steps.flatMap(({ kind, to }) => (kind === 'aside' ? [to] : []));
    if (isFresh) await removeEmptyState(paths.home, asides);
    return {
      header,
      fileCount: manifest.files.length,
      asides: asides.filter((name) => existsSync(join(paths.home, name))),
      ...ready,
    };
  } catch (error) {
    // From the plan on the stage is what the installation will be made of.
    if (!isSwapPlanned(paths.home)) await rm(stage, { recursive: true, force: true });
    throw explainFullDisk(error, paths.home);
  }
}

/** Only whoever has the lock makes them: a killed restore has left them. */
async function removeLeftStages(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(STAGE_PREFIX)) await rm(join(home, name), { recursive: true, force: true });
  }
}

async function prepare(request: RestoreRequest, stage: string, hasSecrets: boolean) {
  const { paths, keepPending, withSecrets, now } = request;
  const staged = hostPaths(stage);
  await chmod(staged.data, 0o700);
  await mkdir(staged.groups, { recursive: true, mode: 0o755 });
  const db = openStaged(staged.database);
  try {
    const secrets = await carrySecrets(db, paths, stage, withSecrets && hasSecrets);
    const none: SettledRows = { questions: 0, answers: 0, slots: 0 };
    const settled = keepPending ? none : settleRestored(db, now);
    return { secrets, settled };
  } finally {
    db.close();
    await removeMigrationCopies(staged.data);
  }
}

function openStaged(path: string): Db {
  try {
    const db = openDatabase(path);
    const found = db.pragma('quick_check(1)', { simple: true });
    if (found === 'ok') return db;
    db.close();
    throw new BackupError(`The database in the archive is damaged: ${String(found)}.`);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    const message = `The database in the archive cannot be used: ${error.message}.`;
    throw new BackupError(message, { cause: error });
  }
}

/** The archive itself is the copy from before the update of the schema. */
async function removeMigrationCopies(data: string): Promise<void> {
  for (const name of await readdir(data)) {
    if (name.startsWith('deckhand.db.schema-')) await rm(join(data, name));
  }
}

/** `<name>.before-restore-<time>`, in UTC; `.env` only when the archive’s is taken. */
function makePlan(home: string, stage: string, now: number): SwapPlan {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-');
  const names = ['data', 'groups', ENV_PATH].filter((name) => existsSync(join(home, stage, name)));
  const steps = names.flatMap((name): SwapPlan['steps'] => {
    const put = { kind: 'in', from: `${stage}/${name}`, to: name } as const;
    if (!existsSync(join(home, name))) return [put];
    return [
      { kind: 'aside', from: name, to: freeName(home, `${name}.before-restore-${time}`) },
      put,
    ];
  });
  return { steps, stage };
}

function freeName(home: string, wanted: string): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!existsSync(join(home, name))) return name;
  }
}

/** In a fresh folder the only thing put aside is the folder that was made for the lock. */
async function removeEmptyState(home: string, asides: readonly string[]): Promise<void> {
  for (const name of asides) {
    if (name.startsWith('data.')) await rm(join(home, name), { recursive: true });
  }
}
