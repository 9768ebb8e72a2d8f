/** Resolves with the first of the promises, or with `timeout` after so many milliseconds; leaves no timer. */
export async function firstWithin<T>(
  promises: readonly Promise<T>[],
  limitMs: number,
): Promise<T | 'timeout'> {
  const limit = Promise.withResolvers<'timeout'>();
  const timer = setTimeout(() => limit.resolve('timeout'), limitMs);
  try {
    return await Promise.race([...promises, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
