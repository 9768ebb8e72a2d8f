import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Now } from '../clock.ts';
import { isErrno } from '../errno.ts';
import { isProcessRunning } from '../running-process.ts';

/** An edit takes milliseconds: a lock this old was left by a process whose number is in use again. */
const ABANDONED_AFTER_MS = 60_000;
const RETRY_MS = 20;
const GIVE_UP_AFTER_MS = 10_000;

/**
 * Runs `work` while this process alone holds the lock file. The file holds the owner's process id; one
 * whose owner is gone is taken over. Rejects when another process keeps it for ten seconds.
 */
export async function withLock<T>(
  path: string,
  now: Now,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const mark = `${process.pid} ${randomBytes(8).toString('hex')}`;
  const startedAt = now();
  while (!(await tryCreate(path, mark))) {
    signal.throwIfAborted();
    if (await isAbandonedLock(path, now)) await setAside(path);
    else if (now() - startedAt > GIVE_UP_AFTER_MS) {
      throw new Error(`Another process keeps ${path}; delete it if no deckhand command is running`);
    } else await delay(RETRY_MS, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    if ((await readMark(path)) === mark) await rm(path, { force: true });
  }
}

async function tryCreate(path: string, mark: string): Promise<boolean> {
  try {
    await using handle = await open(path, 'wx', 0o600);
    await writeMark(handle, path, mark);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/** On a full disk the file is there and cannot be written: nobody would know whose it is. */
async function writeMark(handle: FileHandle, path: string, mark: string): Promise<void> {
  try {
    await handle.writeFile(mark);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Whether the lock is there and its owner is gone. */
export async function isAbandonedLock(path: string, now: Now): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    if (now() - mtimeMs > ABANDONED_AFTER_MS) return true;
    const pid = Number((await readMark(path))?.split(' ')[0]);
    // A lock that was made a moment ago may still be empty.
    return pid > 0 && !isProcessRunning(pid);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** By rename, so that of two processes that see the same abandoned lock only one removes it. */
async function setAside(path: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
    await rm(aside, { force: true });
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

async function readMark(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
