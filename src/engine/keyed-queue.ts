import type { After } from '../clock.ts';

export interface KeyedQueueDeps {
  /** Keys that run at the same time. */
  readonly limit: number;
  readonly work: (key: string) => Promise<void>;
  /** A key whose work rejected gets another turn this much later. */
  readonly brokenDelayMs: number;
  readonly after: After;
  readonly onBroken: (key: string, error: unknown) => void;
}

/**
 * Runs work per key: one at a time per key, `limit` in all, keys in the order in which they asked. A key that
 * asks while it runs gets exactly one more turn afterwards, behind the keys that already wait.
 */
export class KeyedQueue {
  readonly #deps: KeyedQueueDeps;
  readonly #timers = new Map<string, () => void>();
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();
  readonly #idleWaiters: (() => void)[] = [];
  #isClosed = false;

  constructor(deps: KeyedQueueDeps) {
    this.#deps = deps;
  }

  push(key: string): void {
    if (this.#isClosed) return;
    this.#cancelTimer(key);
    if (this.#running.has(key)) this.#again.add(key);
    else this.#waiting.add(key);
    this.#admit();
  }

  /** Pushes the key after a time, in which it takes nobody's place; a push before that takes it along. */
  pushLater(key: string, delayMs: number): void {
    if (this.#isClosed) return;
    this.#cancelTimer(key);
    this.#timers.set(
      key,
      this.#deps.after(delayMs, () => this.push(key)),
    );
  }

  /** How many keys stand before this one; undefined when it does not wait. */
  position(key: string): number | undefined {
    const index = [...this.#waiting].indexOf(key);
    return index < 0 ? undefined : index;
  }

  get size(): { waiting: number; running: number } {
    return { waiting: this.#waiting.size, running: this.#running.size };
  }

  /** Resolves when nothing runs and nothing waits for its turn; pushes to come do not count. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Admits nothing more; what runs goes on. */
  stop(): void {
    this.#isClosed = true;
    this.#waiting.clear();
    this.#again.clear();
    for (const key of this.#timers.keys()) this.#cancelTimer(key);
  }

  /** Admits nothing more; resolves when what runs has ended. */
  close(): Promise<void> {
    this.stop();
    return this.idle();
  }

  #cancelTimer(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
  }

  #isIdle(): boolean {
    return this.#running.size === 0 && this.#waiting.size === 0;
  }

  #admit(): void {
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#deps.limit) return;
      this.#waiting.delete(key);
      this.#running.add(key);
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    // Who pushes may be inside a database transaction; the work must not become part of it.
    await Promise.resolve();
    try {
      await this.#deps.work(key);
    } catch (error) {
      this.#deps.onBroken(key, error);
      this.pushLater(key, this.#deps.brokenDelayMs);
    } finally {
      this.#running.delete(key);
      if (this.#again.delete(key)) this.#waiting.add(key);
      this.#admit();
      if (this.#isIdle()) for (const resolve of this.#idleWaiters.splice(0)) resolve();
    }
  }
}
