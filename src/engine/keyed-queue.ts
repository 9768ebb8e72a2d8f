/**
 * Runs work per key: one at a time per key, `limit` in all, keys in the order in which they asked. A key that
 * asks while it runs gets exactly one more turn afterwards, behind the keys that already wait.
 */
export class KeyedQueue {
  readonly #limit: number;
  readonly #work: (key: string) => Promise<void>;
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();
  readonly #idleWaiters: (() => void)[] = [];
  #isClosed = false;

  /** `work` must not reject: there is nobody behind the queue who could handle it. */
  constructor(limit: number, work: (key: string) => Promise<void>) {
    this.#limit = limit;
    this.#work = work;
  }

  push(key: string): void {
    if (this.#isClosed) return;
    if (this.#running.has(key)) this.#again.add(key);
    else this.#waiting.add(key);
    this.#admit();
  }

  /** How many keys stand before this one; undefined when it does not wait. */
  position(key: string): number | undefined {
    const index = [...this.#waiting].indexOf(key);
    return index < 0 ? undefined : index;
  }

  get size(): { waiting: number; running: number } {
    return { waiting: this.#waiting.size, running: this.#running.size };
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Admits nothing more; resolves when what runs has ended. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting.clear();
    this.#again.clear();
    return this.idle();
  }

  #isIdle(): boolean {
    return this.#running.size === 0 && this.#waiting.size === 0;
  }

  #admit(): void {
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#limit) return;
      this.#waiting.delete(key);
      this.#running.add(key);
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    // Who pushes may be inside a database transaction; the work must not become part of it.
    await Promise.resolve();
    try {
      await this.#work(key);
    } finally {
      this.#running.delete(key);
      if (this.#again.delete(key)) this.#waiting.add(key);
      this.#admit();
      if (this.#isIdle()) for (const resolve of this.#idleWaiters.splice(0)) resolve();
    }
  }
}
