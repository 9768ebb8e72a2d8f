/** Aborts its signal when it was not touched for a while. */
export class IdleLimit implements Disposable {
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
    this.#timer = setTimeout(() => this.#stop.abort(new Error(`silent for ${ms} ms`)), ms);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  touch(): void {
    this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
