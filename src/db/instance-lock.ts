import { isExclusivelyLocked, tryExclusiveLock } from './exclusive-lock.ts';

/** Long enough for somebody who only looks whether a host is running. */
const PATIENCE_MS = 500;

/** Another host of the same installation is running. */
export class InstanceLockedError extends Error {
  constructor() {
    super('Another Deckhand host is running with this data folder. Stop it first.');
    this.name = 'InstanceLockedError';
  }
}

/** Holds the single-instance lock until disposed. */
export function acquireInstanceLock(path: string): Disposable {
  const lock = tryExclusiveLock(path, PATIENCE_MS);
  if (!lock) throw new InstanceLockedError();
  return lock;
}

export function isHostRunning(path: string): boolean {
  return isExclusivelyLocked(path);
}
