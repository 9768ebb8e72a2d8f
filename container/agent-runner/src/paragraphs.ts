/** Between two texts that the assistant says one after the other. */
const BREAK = '\n\n';

/**
 * Hands on the texts of one turn as one text, while they are made: `begin`, then pieces, then `complete` with the
 * whole text, of which only what did not come in pieces is handed on. Texts are paragraphs of their own.
 */
export class Paragraphs {
  readonly #write: (text: string) => void;
  #open = '';
  #hasEarlier = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** A text begins; one that was not completed is left as it is. */
  begin(): void {
    this.#hasEarlier ||= this.#open !== '';
    this.#open = '';
  }

  push(piece: string): void {
    if (piece === '') return;
    if (this.#open === '' && this.#hasEarlier) this.#write(BREAK);
    this.#open += piece;
    this.#write(piece);
  }

  complete(text: string): void {
    if (!text.startsWith(this.#open)) this.begin();
    this.push(text.slice(this.#open.length));
    this.begin();
  }
}
