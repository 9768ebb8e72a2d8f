import { MAX_DELTA_CHARS, type Secrets } from '@deckhand/protocol';
import { hideSecrets, MIN_SECRET_CHARS_IN_ANSWER } from './redact.ts';

/** How many characters at the end of the text may be the beginning of the value. */
function overlap(text: string, value: string): number {
  const longest = Math.min(text.length, value.length - 1);
  for (let chars = longest; chars > 0; chars--)
    if (text.endsWith(value.slice(0, chars))) return chars;
  return 0;
}

/** Pieces of at most `maxChars` that split no surrogate pair. */
function splitText(text: string, maxChars: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = start + maxChars;
    const last = text.charCodeAt(end - 1);
    const isPairCut = end < text.length && last >= 0xd800 && last < 0xdc00;
    const stop = isPairCut ? end - 1 : end;
    pieces.push(text.slice(start, stop));
    start = stop;
  }
  return pieces;
}

/**
 * The assistant's text while it is made, as pieces for `delta` events. The run's secrets are taken out as in the
 * answer: what may be the beginning of one is held back until the next piece tells.
 */
export class DeltaStream {
  readonly #secrets: Secrets;
  readonly #values: readonly string[];
  #held = '';

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
    this.#values = Object.values(secrets).filter(
      (value) => value.length >= MIN_SECRET_CHARS_IN_ANSWER,
    );
  }

  push(text: string): string[] {
    const clean = hideSecrets(this.#held + text, this.#secrets);
    const heldChars = Math.max(0, ...this.#values.map((value) => overlap(clean, value)));
    this.#held = clean.slice(clean.length - heldChars);
    return splitText(clean.slice(0, clean.length - heldChars), MAX_DELTA_CHARS);
  }

  /** What is still held back, when no more text comes. */
  flush(): string[] {
    const rest = this.#held;
    this.#held = '';
    return splitText(rest, MAX_DELTA_CHARS);
  }
}
