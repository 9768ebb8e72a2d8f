interface Waiter {
  condition: () => boolean;
  resolve: () => void;
  reject: (reason: Error) => void;
}

/** Lets callers wait for a condition on state whose owner calls `changed` after every change. */
export class StateWatch {
  readonly #waiters = new Set<Waiter>();

  changed(): void {
    for (const waiter of this.#waiters) {
      if (waiter.condition()) waiter.resolve();
    }
  }

  waitUntil(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise<void>((resolve, reject) => {
      const onAbort = () => waiter.reject(signal?.reason as Error);
      const settle = () => {
        this.#waiters.delete(waiter);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        condition,
        resolve: () => (settle(), resolve()),
        reject: (reason) => (settle(), reject(reason)),
      };
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted) onAbort();
    });
  }

  /** Rejects whoever still waits. */
  close(reason: Error): void {
    for (const waiter of this.#waiters) waiter.reject(reason);
  }
}
