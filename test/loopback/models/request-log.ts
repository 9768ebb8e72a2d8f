import type { RecordedRequest } from './model-request.ts';

interface Waiter {
  readonly matches: (request: RecordedRequest) => boolean;
  readonly resolve: (request: RecordedRequest) => void;
}

/** Requests in the order they came, and those who wait for one. */
export class RequestLog {
  readonly requests: RecordedRequest[] = [];
  readonly #waiters = new Set<Waiter>();

  add(request: RecordedRequest): void {
    this.requests.push(request);
    for (const waiter of this.#waiters) {
      if (!waiter.matches(request)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(request);
    }
  }

  /** Resolves with the first request that matches, recorded already or to come. */
  async waitFor(
    matches: (request: RecordedRequest) => boolean,
    signal: AbortSignal,
  ): Promise<RecordedRequest> {
    const known = this.requests.find(matches);
    if (known) return known;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<RecordedRequest>();
    const waiter: Waiter = { matches, resolve };
    const onAbort = () => reject(signal.reason);
    this.#waiters.add(waiter);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await promise;
    } finally {
      this.#waiters.delete(waiter);
      signal.removeEventListener('abort', onAbort);
    }
  }
}
