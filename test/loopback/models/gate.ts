/**
 * A door in a script: a request that comes to it waits until the test opens it. `reached` resolves when
 * the first request waits.
 */
export class Gate {
  readonly #open = Promise.withResolvers<void>();
  readonly #reached = Promise.withResolvers<void>();

  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  release(): void {
    this.#open.resolve();
  }

  /** Resolves when released; rejects with the signal's reason when it aborts first. */
  async pass(signal: AbortSignal): Promise<void> {
    this.#reached.resolve();
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([this.#open.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

export function hold(): Gate {
  return new Gate();
}
