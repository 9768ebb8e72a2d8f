import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isErrno } from '../errno.ts';
import { isProcessRunning } from '../running-process.ts';
import { readAtMost } from '../safe-file.ts';

export type PrivateFile =
  | { status: 'found'; content: string }
  | { status: 'absent' }
  /** `chmod` when permissions alone are wrong; otherwise only another file helps. */
  | { status: 'unusable'; reason: string; mend: 'chmod' | 'replace' };

const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const WRITE_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const OTHERS = 0o077;

/** Reads a file only when nobody but this user can have read or written it. */
export async function readPrivateFile(path: string, maxBytes: number): Promise<PrivateFile> {
  try {
    await using file = await open(path, READ_FLAGS);
    const problem = findProblem(await file.stat());
    if (problem) return { status: 'unusable', ...problem };
    const bytes = await readAtMost(file, maxBytes);
    if (bytes === undefined) return unusable(`is larger than ${maxBytes} bytes`);
    return { status: 'found', content: bytes.toString('utf8') };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { status: 'absent' };
    if (isErrno(error, 'ELOOP')) return unusable('is a link');
    if (isErrno(error, 'ENXIO')) return unusable('is not a regular file');
    if (isErrno(error, 'EACCES')) return unusable('belongs to another user');
    throw error;
  }
}

function findProblem(stat: Stats): { reason: string; mend: 'chmod' | 'replace' } | undefined {
  if (!stat.isFile()) return { reason: 'is not a regular file', mend: 'replace' };
  if (stat.nlink > 1) return { reason: 'has a second name elsewhere', mend: 'replace' };
  if (stat.uid !== (process.getuid?.() ?? stat.uid)) {
    return { reason: 'belongs to another user', mend: 'replace' };
  }
  if ((stat.mode & OTHERS) === 0) return undefined;
  return { reason: 'can be read or changed by other users', mend: 'chmod' };
}

function unusable(reason: string): PrivateFile {
  return { status: 'unusable', reason, mend: 'replace' };
}

/** Makes a folder that only this user can enter, and takes back what more an older one allows. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}

/**
 * Replaces a file in one step, 0600. Resolves when the content and the name are on disk. Whoever calls
 * sees to it that nobody else writes the same file meanwhile.
 */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  await removeLeftovers(path);
  const temporary = temporaryFor(path);
  try {
    {
      await using file = await open(temporary, WRITE_FLAGS, 0o600);
      await file.writeFile(content);
      await file.sync();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** False when there was none. */
export async function removePrivateFile(path: string): Promise<boolean> {
  try {
    await removeLeftovers(path);
    await rm(path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** A name beside a file that tells whose it is, for {@link removeLeftovers}. */
export function temporaryFor(path: string): string {
  return `${temporaryPrefix(path)}${process.pid}.${randomBytes(8).toString('hex')}.tmp`;
}

/** A process that was killed while it wrote leaves its secret in a file that nobody reads. */
export async function removeLeftovers(path: string): Promise<void> {
  const prefix = basename(temporaryPrefix(path));
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix)) continue;
    const pid = /^(\d+)\.[0-9a-f]+\.tmp$/.exec(name.slice(prefix.length))?.[1];
    if (pid === undefined || isProcessRunning(Number(pid))) continue;
    await rm(join(dirname(path), name), { force: true });
  }
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await folder.sync();
}

function temporaryPrefix(path: string): string {
  return join(dirname(path), `.${basename(path)}.`);
}
