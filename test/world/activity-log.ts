import type { Activity } from '../../src/engine/activity.ts';

type Wanted<T extends Activity['type']> = Extract<Activity, { type: T }>;

/** Everything the host reported, with the time of it, and a way to wait for more. */
export class ActivityLog {
  readonly entries: { at: number; activity: Activity }[] = [];
  readonly #listeners = new Set<() => void>();

  readonly report = (activity: Activity): void => {
    this.entries.push({ at: performance.now(), activity });
    for (const listener of this.#listeners) listener();
  };

  /** Calls back with every activity from now on. */
  onActivity(listener: (activity: Activity) => void): void {
    this.#listeners.add(() => {
      const last = this.entries.at(-1);
      if (last !== undefined) listener(last.activity);
    });
  }

  /** Resolves with the first activity of the type that matches, past or future. */
  async waitFor<T extends Activity['type']>(
    type: T,
    matches: (activity: Wanted<T>) => boolean,
    signal: AbortSignal,
  ): Promise<Wanted<T>> {
    const find = () =>
      this.entries
        .map((entry) => entry.activity)
        .find((one): one is Wanted<T> => one.type === type && matches(one as Wanted<T>));
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await this.#next(signal);
    }
  }

  #next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#listeners.delete(done);
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const abort = () => {
        this.#listeners.delete(done);
        reject(new Error('gave up waiting for the host', { cause: signal.reason }));
      };
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      this.#listeners.add(done);
    });
  }
}
