/** Milliseconds since it was made or started last. */
export class Stopwatch {
  #startedAt = performance.now();

  start(): void {
    this.#startedAt = performance.now();
  }

  elapsedMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }
}
