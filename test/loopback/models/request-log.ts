import type { RecordedRequest } from './model-request.ts';

interface Waiter<Request> {
  readonly matches: (request: Request) => boolean;
  readonly resolve: (request: Request) => void;
}

/** Requests in the order they came, and those who wait for one. */
export class RequestLog<Request = RecordedRequest> {
  readonly requests: Request[] = [];
  readonly #waiters = new Set<Waiter<Request>>();

  add(request: Request): void {
    this.requests.push(request);
    for (const waiter of this.#waiters) {
      if (!waiter.matches(request)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(request);
    }
  }

  /** Resolves with the first request that matches, recorded already or to come. */
  async waitFor(matches: (request: Request) => boolean, signal: AbortSignal): Promise<Request> {
    const known = this.requests.find(matches);
    if (known) return known;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Request>();
    const waiter: Waiter<Request> = { matches, resolve };
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
