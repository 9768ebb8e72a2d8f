import type { Now } from '../clock.ts';

/** Most that waits for a disk that does not take it. */
const MAX_PENDING_BYTES = 32 * 1024 * 1024;
/** Most that is handed to the disk at once. */
const MAX_WRITE_BYTES = 256 * 1024;

/** Taken lines are let go by this many: one by one would move all others each time. */
const FORGET_AFTER = 1_024;

/** pino's number for a warning. */
const WARN = 40;

interface Line {
  readonly text: string;
  readonly bytes: number;
}

/** Lines that wait for the disk, a bounded number of bytes. What does not fit is counted and said so later. */
export class PendingLines {
  readonly #now: Now;
  /** In order; those before `#first` are taken. */
  #lines: Line[] = [];
  #first = 0;
  #bytes = 0;
  #lost = 0;

  constructor(now: Now) {
    this.#now = now;
  }

  get isEmpty(): boolean {
    return this.#first === this.#lines.length;
  }

  /** Size of the line that is next. */
  get nextBytes(): number {
    return this.#lines[this.#first]?.bytes ?? 0;
  }

  add(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (this.#bytes + bytes > MAX_PENDING_BYTES) {
      this.#lost += 1;
      return;
    }
    this.#push(text, bytes);
  }

  /** As many whole lines as fit into `roomBytes`, at least one. */
  take(roomBytes: number): Buffer {
    const room = Math.min(roomBytes, MAX_WRITE_BYTES);
    const from = this.#first;
    let taken = 0;
    while (!this.isEmpty && (taken === 0 || taken + this.nextBytes <= room)) {
      taken += this.nextBytes;
      this.#first += 1;
    }
    this.#bytes -= taken;
    const texts = this.#lines.slice(from, this.#first).map(({ text }) => text);
    this.#forgetTaken();
    return Buffer.from(texts.join(''));
  }

  takeAll(): Buffer {
    return Buffer.concat([...this.#takeEach()]);
  }

  *#takeEach(): Generator<Buffer> {
    while (!this.isEmpty) yield this.take(MAX_WRITE_BYTES);
  }

  #push(text: string, bytes: number): void {
    this.#lines.push({ text, bytes });
    this.#bytes += bytes;
  }

  #forgetTaken(): void {
    if (this.isEmpty && this.#lost > 0) this.#pushLoss();
    if (!this.isEmpty && this.#first < FORGET_AFTER) return;
    this.#lines = this.#lines.slice(this.#first);
    this.#first = 0;
  }

  #pushLoss(): void {
    const entry = { level: WARN, time: this.#now(), lost: this.#lost, msg: 'log lines were lost' };
    this.#lost = 0;
    const text = `${JSON.stringify(entry)}\n`;
    this.#push(text, Buffer.byteLength(text));
  }
}
