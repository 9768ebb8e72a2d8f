/** Bytes of bodies that an attempt may have in the host's memory at a time: four of the largest. */
const MAX_HELD_BYTES = 128 * 1024 * 1024;

/** Requests of an attempt that are answered at a time. */
const MAX_REQUESTS = 64;

/** What the requests of one attempt take of the host while they are answered. */
export class HeldBytes {
  #bytes = 0;
  #requests = 0;

  /** Undefined when there are as many as may be. Disposing gives back all that was taken. */
  open(): RequestHold | undefined {
    if (this.#requests >= MAX_REQUESTS) return undefined;
    this.#requests++;
    let own = 0;
    return {
      take: (bytes) => {
        if (this.#bytes + bytes > MAX_HELD_BYTES) return false;
        this.#bytes += bytes;
        own += bytes;
        return true;
      },
      [Symbol.dispose]: () => {
        this.#requests--;
        this.#bytes -= own;
        own = 0;
      },
    };
  }
}

export interface RequestHold extends Disposable {
  /** False when there is no room for so many bytes more. */
  take(bytes: number): boolean;
}
