/** How long it takes to store messages, in milliseconds. */
export class CommitTimes {
  readonly values: number[] = [];

  /** For a channel without a transaction of its own: the message is durable when the call returns. */
  ofCall<T>(store: (message: T) => void): (message: T) => void {
    return (message) => {
      const startedAt = performance.now();
      store(message);
      this.values.push(performance.now() - startedAt);
    };
  }

  /**
   * For a channel that calls within a transaction of its own, from a promise: that has ended when the first microtask
   * after the call runs, since transactions are synchronous.
   */
  ofTransaction<T>(store: (message: T) => void): (message: T) => void {
    return (message) => {
      const startedAt = performance.now();
      queueMicrotask(() => this.values.push(performance.now() - startedAt));
      store(message);
    };
  }
}
