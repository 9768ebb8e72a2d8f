/**
 * What Ctrl-C means in a chat: the first stops the answer that is being made, a second one without anything asked in
 * between leaves. When the program is asked to stop, that leaves too.
 */
export class ChatInterrupts {
  readonly leaving: AbortSignal;
  readonly #leave = new AbortController();
  #turn: AbortController | undefined;
  #isPressed = false;

  constructor(stop: AbortSignal) {
    this.leaving = AbortSignal.any([stop, this.#leave.signal]);
  }

  /** `hint`: nothing was stopped, the person should be told how to leave. */
  press(): 'stopped' | 'left' | 'hint' {
    if (this.#isPressed) {
      this.#leave.abort();
      return 'left';
    }
    this.#isPressed = true;
    if (this.#turn === undefined) return 'hint';
    this.#turn.abort();
    return 'stopped';
  }

  /** Something was asked: what was pressed before is over. */
  reset(): void {
    this.#isPressed = false;
  }

  /** The signal of one turn, until it is disposed. */
  beginTurn(): { readonly signal: AbortSignal } & Disposable {
    const turn = new AbortController();
    this.#turn = turn;
    return {
      signal: AbortSignal.any([this.leaving, turn.signal]),
      [Symbol.dispose]: () => void (this.#turn = undefined),
    };
  }
}
