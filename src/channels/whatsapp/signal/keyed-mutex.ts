export interface KeyedMutex {
  /**
   * Runs `work` while nothing else runs under any of the keys. Waiters go in order of arrival, all keys
   * are queued for at once, so two calls cannot block each other. Not reentrant.
   */
  runExclusive: <T>(keys: readonly string[], work: () => Promise<T>) => Promise<T>;
}

export function createKeyedMutex(): KeyedMutex {
  const tails = new Map<string, Promise<void>>();
  return {
    async runExclusive(keys, work) {
      const before = keys.map((key) => tails.get(key) ?? Promise.resolve());
      const { promise: done, resolve: release } = Promise.withResolvers<void>();
      for (const key of keys) tails.set(key, done);
      try {
        await Promise.all(before);
        return await work();
      } finally {
        release();
        for (const key of keys) if (tails.get(key) === done) tails.delete(key);
      }
    },
  };
}
