import { tryExclusiveLock } from '../db/exclusive-lock.ts';
import { waitUnlessAborted } from '../wait.ts';

/** Between two tries for a lock that another process has; spread so that many do not try in step. */
const RETRY_MS = { least: 10, spread: 20 };

/** A file that stands for a lock. */
export interface LockFile {
  readonly path: string;
  /** Makes its folder. */
  readonly makeFolder: () => Promise<void>;
}

export type WithLock = <T>(
  file: LockFile,
  signal: AbortSignal,
  work: () => Promise<T>,
) => Promise<T>;

/**
 * Runs work while nobody else has the lock: callers in this process in the order of asking, other processes in no
 * order. Rejects with the signal's reason when it aborts before the work has begun; afterwards the signal
 * changes nothing.
 */
export function createWithLock(): WithLock {
  const tails = new Map<string, Promise<void>>();
  return async ({ path, makeFolder }, signal, work) => {
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const before = tails.get(path) ?? Promise.resolve();
    const tail = before.then(() => done);
    tails.set(path, tail);
    try {
      await orAborted(before, signal);
      await makeFolder();
      using _lock = await acquire(path, signal);
      return await work();
    } finally {
      finish();
      if (tails.get(path) === tail) tails.delete(path);
    }
  };
}

async function acquire(path: string, signal: AbortSignal): Promise<Disposable> {
  for (;;) {
    signal.throwIfAborted();
    const lock = tryExclusiveLock(path, 0);
    if (lock) return lock;
    await waitUnlessAborted(RETRY_MS.least + Math.random() * RETRY_MS.spread, signal);
  }
}

async function orAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([turn, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
