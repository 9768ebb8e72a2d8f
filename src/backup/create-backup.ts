import { createWriteStream, existsSync } from 'node:fs';
import { lstat, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { createTarPacker, type TarPackController } from 'modern-tar';
import { isErrno } from '../errno.ts';
import type { HostPaths } from '../paths.ts';
import { isProcessRunning } from '../running-process.ts';
import { DATABASE_PATH } from './archive-path.ts';
import { addBytes, addSource } from './archive-writer.ts';
import { BackupError } from './backup-error.ts';
import { listInstallation } from './contents.ts';
import { copyDatabase } from './database-copy.ts';
import { explainFullDisk } from './full-disk.ts';
import type { Listing } from './list-files.ts';
import {
  type BackupHeader,
  type BackupManifest,
  FORMAT,
  HEADER_NAME,
  MANIFEST_NAME,
} from './manifest.ts';

/** Followed by the number of the process. */
const WORK_PREFIX = '.deckhand-backup-';

export interface BackupRequest {
  readonly paths: HostPaths;
  /** The archive; it must not be there yet. */
  readonly target: string;
  readonly withSecrets: boolean;
  /** False: files larger than a megabyte are left out. */
  readonly withFiles: boolean;
  /** Of Deckhand. */
  readonly version: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly signal: AbortSignal;
}

export interface Backup {
  readonly header: BackupHeader;
  readonly manifest: BackupManifest;
}

/**
 * Writes one gzipped tar archive with everything that a person would miss, while a host may be running. It gets its
 * name, 0600, when it is whole: an interrupted one leaves nothing under that name. Rejects with BackupError.
 */
export async function createBackup(request: BackupRequest): Promise<Backup> {
  const { paths, target, withSecrets } = request;
  // Said before the work as well, which may take minutes.
  if (existsSync(target)) throw takenName(target);
  const work = await makeWorkFolder(target);
  try {
    const database = copyDatabase(paths.database, work, withSecrets);
    const header: BackupHeader = {
      format: FORMAT,
      deckhand: request.version,
      schema: database.schema,
      createdAt: request.createdAt,
      secrets: withSecrets,
      files: request.withFiles,
    };
    const listing = await listInstallation(request);
    listing.sources.unshift({
      path: DATABASE_PATH,
      root: work,
      relative: basename(database.file),
      kind: 'file',
    });
    const archive = join(work, 'archive');
    const manifest = await writeArchive(archive, header, listing, request.signal);
    await giveName(archive, target);
    return { header, manifest };
  } catch (error) {
    throw explainFullDisk(error, dirname(target));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Beside the target, so that the finished archive only has to be given its name. */
async function makeWorkFolder(target: string): Promise<string> {
  try {
    await removeAbandoned(dirname(target));
    return await mkdtemp(join(dirname(target), `${WORK_PREFIX}${process.pid}-`));
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR')) throw error;
    const message = `Nothing can be written in ${dirname(target)}. Choose another place for the backup.`;
    throw new BackupError(message, { cause: error });
  }
}

/** A backup that was killed leaves a copy of the database behind. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(WORK_PREFIX) ? /^\d+/.exec(name.slice(WORK_PREFIX.length)) : null;
    if (pid === null || isProcessRunning(Number(pid[0]))) continue;
    const path = join(folder, name);
    if (await isOwnFolder(path)) await rm(path, { recursive: true, force: true });
  }
}

/** In a folder for everybody, as /tmp, another user may have put anything under such a name. */
async function isOwnFolder(path: string): Promise<boolean> {
  try {
    const found = await lstat(path);
    return found.isDirectory() && found.uid === process.geteuid?.();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

async function writeArchive(
  file: string,
  header: BackupHeader,
  listing: Listing,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const { readable, controller } = createTarPacker();
  const written = pipeline(
    Readable.fromWeb(readable),
    createGzip(),
    createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }),
    { signal },
  );
  const [manifest] = await Promise.all([fill(controller, header, listing, signal), written]);
  return manifest;
}

async function fill(
  tar: TarPackController,
  header: BackupHeader,
  listing: Listing,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const manifest: BackupManifest = { files: [], leftOut: [...listing.leftOut] };
  const mtime = new Date(header.createdAt);
  const addJson = (name: string, value: unknown) =>
    addBytes(tar, { name, mode: 0o600, mtime }, Buffer.from(JSON.stringify(value, undefined, 1)));
  try {
    await addJson(HEADER_NAME, header);
    for (const source of listing.sources) {
      signal.throwIfAborted();
      const added = await addSource(tar, source);
      if (added === 'directory') continue;
      if ('file' in added) manifest.files.push(added.file);
      else manifest.leftOut.push({ path: source.path, reason: added.leftOut });
    }
    await addJson(MANIFEST_NAME, manifest);
    tar.finalize();
    return manifest;
  } catch (error) {
    tar.error(error);
    throw error;
  }
}

/** A rename alone would replace what is there: the name is taken first, which fails when somebody has it. */
async function giveName(archive: string, target: string): Promise<void> {
  try {
    await (await open(target, 'wx', 0o600)).close();
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
    throw takenName(target, error);
  }
  await rename(archive, target);
}

function takenName(target: string, cause?: unknown): BackupError {
  return new BackupError(`${target} is there already. Choose another name or remove it.`, {
    cause,
  });
}
