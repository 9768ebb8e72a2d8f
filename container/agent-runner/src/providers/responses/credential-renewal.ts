import { watch } from 'node:fs';
import { errorCode } from '../../bounded-file.ts';
import { type ModelCredential, readChatgptCredential } from './credential.ts';

/** What changed in a folder since it was last asked, and the next change to wait for. */
class FolderChanges implements Disposable {
  #next = Promise.withResolvers<void>();
  readonly #watcher;

  /** Throws ENOENT when there is no such folder. */
  constructor(folder: string) {
    this.#watcher = watch(folder, () => this.#next.resolve());
    // A folder that is gone cannot bring a new file.
    this.#watcher.on('error', () => this.#watcher.close());
  }

  async wait(signal: AbortSignal): Promise<void> {
    const stop = () => this.#next.resolve();
    signal.addEventListener('abort', stop, { once: true });
    if (!signal.aborted) await this.#next.promise;
    signal.removeEventListener('abort', stop);
    this.#next = Promise.withResolvers<void>();
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
  }
}

/**
 * Waits until the host has written another access token than the one that was refused. Undefined when none came
 * within `waitMs`, or before the signal aborted.
 */
export async function waitForNewCredential(
  codexHome: string,
  refusedToken: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<ModelCredential | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), waitMs);
  try {
    using changes = new FolderChanges(codexHome);
    const stop = AbortSignal.any([signal, limit.signal]);
    for (;;) {
      // Read before the check, so that a file is found on a mount that tells of no changes.
      const read = await readChatgptCredential(codexHome);
      if (read.ok && read.credential?.token !== refusedToken) return read.credential;
      if (stop.aborted) return undefined;
      await changes.wait(stop);
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
