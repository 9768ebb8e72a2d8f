import { type FinalAnswer, restOfAnswer } from '../../core/ask/rest-of-answer.ts';
import { terminalText } from '../../core/terminal-text.ts';

export interface AnswerWriterDeps {
  readonly write: (text: string) => void;
  /** A person sees the output, whose terminal must obey nothing that the text says to it. */
  readonly isTty: boolean;
}

/** Writes the assistant's text, as it comes and whole at the end, and nothing twice. */
export class AnswerWriter {
  readonly #deps: AnswerWriterDeps;
  #written = '';
  /** First half of a character whose second half has not come. */
  #half = '';

  constructor(deps: AnswerWriterDeps) {
    this.#deps = deps;
  }

  get hasWritten(): boolean {
    return this.#written !== '';
  }

  push(piece: string): void {
    const text = this.#half + piece;
    this.#half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
    this.#write(text.slice(0, text.length - this.#half.length));
  }

  /** The answer is whole. */
  finish(answer: FinalAnswer): void {
    this.end(restOfAnswer(this.#written + this.#half, answer));
  }

  /** No more text comes; what was written ends with a newline. */
  end(rest = ''): void {
    this.#write(this.#half + rest);
    this.#half = '';
    if (this.hasWritten && !this.#written.endsWith('\n')) this.#write('\n');
  }

  #write(text: string): void {
    if (text === '') return;
    this.#written += text;
    const { isTty, write } = this.#deps;
    write(isTty ? text.replace(/[^\n\t]+/g, terminalText) : text);
  }
}
