/** What a run may have going on at a time. */
export interface RunPlaces {
  /** One more; undefined when all are taken. Dispose of it when what it was for has ended. */
  take(run: AbortSignal): Disposable | undefined;
}

export function createRunPlaces(max: number): RunPlaces {
  const taken = new WeakMap<AbortSignal, number>();
  const countOf = (run: AbortSignal) => taken.get(run) ?? 0;
  return {
    take(run) {
      if (countOf(run) >= max) return undefined;
      taken.set(run, countOf(run) + 1);
      return { [Symbol.dispose]: () => void taken.set(run, countOf(run) - 1) };
    },
  };
}
