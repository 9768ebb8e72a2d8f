import { type FSWatcher, watch } from 'node:fs';
import { isErrno } from '../errno.ts';
import { waitUnlessAborted } from '../wait.ts';

/** Where the system tells nothing, as on some network file systems, one looks this often. */
const LOOK_EVERY_MS = 1_000;

/** Tells that something in a folder has changed since one last asked. */
export class FolderWatch implements Disposable {
  readonly #signal: AbortSignal;
  readonly #watcher: FSWatcher | undefined;
  #hasChanged = false;
  #isBlind = false;
  #wake: () => void = () => {};
  readonly #notice = () => {
    this.#hasChanged = true;
    this.#wake();
  };

  constructor(folder: string, signal: AbortSignal) {
    this.#signal = signal;
    this.#watcher = this.#watch(folder);
    signal.addEventListener('abort', this.#notice, { once: true });
  }

  /** Resolves with the next change, at once when there was one since the last call, or when the signal aborts. */
  async changed(): Promise<void> {
    if (!this.#hasChanged && !this.#signal.aborted) await this.#nextChange();
    this.#hasChanged = false;
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    this.#signal.removeEventListener('abort', this.#notice);
  }

  #nextChange(): Promise<void> {
    if (this.#isBlind) return waitUnlessAborted(LOOK_EVERY_MS, this.#signal);
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #watch(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, this.#notice);
      watcher.on('error', () => this.#goBlind());
      return watcher;
    } catch (error) {
      // The system has no more watches, or none for this file system.
      if (!isErrno(error, 'ENOSPC', 'EMFILE', 'ENOSYS', 'EINVAL')) throw error;
      this.#goBlind();
      return undefined;
    }
  }

  #goBlind(): void {
    this.#isBlind = true;
    this.#notice();
  }
}
