/** Longest NDJSON line in characters that either side accepts. */
export const MAX_LINE_CHARS = 8 * 1024 * 1024;

export type LineOutcome = { ok: true; value: unknown } | { ok: false; reason: string };

/**
 * One value as one line of ASCII without a newline inside. Docker's log keeps a long line in pieces of 16 KiB and spoils
 * a character of several bytes that lies across two of them; an adopted run is read from there.
 */
export function encodeLine(value: unknown): string {
  return `${JSON.stringify(value).replace(/[\u0080-\uffff]/g, escapeUnit)}\n`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export function decodeLine(line: string): LineOutcome {
  try {
    return { ok: true, value: JSON.parse(line) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Cuts a stream of chunks into lines. Bytes of one character may lie in two chunks. A line over the limit
 * is dropped whole and reported once through `onOversize`.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder('utf-8');
  readonly #onLine: (line: string) => void;
  readonly #onOversize: (chars: number) => void;
  readonly #maxChars: number;
  #rest = '';
  #isSkipping = false;

  constructor(
    onLine: (line: string) => void,
    onOversize: (chars: number) => void,
    maxChars: number = MAX_LINE_CHARS,
  ) {
    this.#onLine = onLine;
    this.#onOversize = onOversize;
    this.#maxChars = maxChars;
  }

  push(chunk: Uint8Array): void {
    this.#append(this.#decoder.decode(chunk, { stream: true }));
  }

  /** Hands on a last line that has no newline. */
  end(): void {
    this.#append(this.#decoder.decode());
    if (this.#rest !== '' && !this.#isSkipping) this.#onLine(this.#rest);
    this.#rest = '';
    this.#isSkipping = false;
  }

  #append(text: string): void {
    const lines = text.split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) this.#finishLine(line);
    this.#rest += last;
    if (this.#rest.length > this.#maxChars) this.#startSkipping();
  }

  #finishLine(tail: string): void {
    const line = this.#rest + tail;
    this.#rest = '';
    if (this.#isSkipping) this.#isSkipping = false;
    else if (line.length > this.#maxChars) this.#onOversize(line.length);
    else if (line.trim() !== '') this.#onLine(line);
  }

  #startSkipping(): void {
    if (!this.#isSkipping) this.#onOversize(this.#rest.length);
    this.#isSkipping = true;
    this.#rest = '';
  }
}
