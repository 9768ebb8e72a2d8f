/** How much of the beginning and of the end of an output the model is shown, in characters. */
const HEAD_CHARS = 12_000;
const TAIL_CHARS = 12_000;

/** Keeps the beginning and the end of a stream of text, whatever its length. */
export class CappedOutput {
  readonly #decoder = new TextDecoder();
  #head = '';
  #tail = '';
  #droppedChars = 0;

  push(chunk: Uint8Array): void {
    this.#append(this.#decoder.decode(chunk, { stream: true }));
  }

  /** The text; what was left out of its middle is said. */
  end(): string {
    this.#append(this.#decoder.decode());
    if (this.#droppedChars === 0) return this.#head + this.#tail;
    const note = `\n[… ${this.#droppedChars} characters left out …]\n`;
    return (this.#head + note + this.#tail).toWellFormed();
  }

  #append(text: string): void {
    const room = HEAD_CHARS - this.#head.length;
    this.#head += text.slice(0, room);
    const tail = this.#tail + text.slice(room);
    const kept = tail.slice(-TAIL_CHARS);
    this.#droppedChars += tail.length - kept.length;
    this.#tail = kept;
  }
}
