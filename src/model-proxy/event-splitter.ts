/** Longest event in characters that is read; a response of a large model is below 1 MB. */
const MAX_EVENT_CHARS = 16 * 1024 * 1024;

/**
 * Cuts a stream of server-sent events into the data of its events. Half an event at the end is none, and one that is too
 * long is left out.
 */
export class EventSplitter {
  readonly #decoder = new TextDecoder();
  readonly #onData: (data: string) => void;
  #line = '';
  #data: string[] = [];
  /** Of the lines of this event that have ended. */
  #chars = 0;

  constructor(onData: (data: string) => void) {
    this.#onData = onData;
  }

  push(chunk: Uint8Array): void {
    const lines = this.#decoder.decode(chunk, { stream: true }).split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      this.#finishLine(this.#line + line);
      this.#line = '';
    }
    const isTooLong = this.#chars + this.#line.length + last.length > MAX_EVENT_CHARS;
    // Without its beginning the line has no meaning, so that nothing reads it.
    this.#line = isTooLong ? ':' : this.#line + last;
  }

  #finishLine(ended: string): void {
    const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
    if (line === '') return this.#finishEvent();
    this.#chars += line.length;
    if (this.#chars > MAX_EVENT_CHARS) this.#data = [];
    else if (line.startsWith('data:')) this.#data.push(line.slice(5));
  }

  #finishEvent(): void {
    const data = this.#data.join('\n').trim();
    this.#data = [];
    this.#chars = 0;
    if (data !== '') this.#onData(data);
  }
}
