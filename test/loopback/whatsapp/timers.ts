/** Delayed tasks that end with their owner. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();

  delay(ms: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      task();
    }, ms);
    this.#pending.add(timer);
  }

  close(): void {
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
