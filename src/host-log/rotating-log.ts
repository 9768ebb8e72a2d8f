import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Now } from '../clock.ts';
import { LOG_FILE_BYTES, LOG_FILES } from './log-files.ts';
import { openNewest, openNewestSync, shiftFiles } from './open-newest.ts';
import { PendingLines } from './pending-lines.ts';

export interface RotatingLogOptions {
  /** Made for its owner alone when it is missing. */
  readonly folder: string;
  readonly now: Now;
  /** The disk does not take the lines; called once until it takes them again. */
  readonly onTrouble: (error: Error) => void;
  readonly maxBytes?: number;
  readonly files?: number;
}

/**
 * Writes lines to `host.log` and puts the file aside when it is full. Nobody waits for the disk: lines are queued,
 * and one write at a time takes what has come together. What a disk refuses is tried again with the next line.
 * At the end of a process that is not ended by disposal the queue is written at once.
 */
export class RotatingLog implements AsyncDisposable {
  readonly #options: Required<RotatingLogOptions>;
  readonly #pending: PendingLines;
  #file: FileHandle | undefined;
  #size = 0;
  /** Taken out of the queue and not on disk yet. */
  #rest: Buffer = Buffer.alloc(0);
  #isWriting = false;
  #draining: Promise<void> | undefined;
  #isInTrouble = false;
  #isClosed = false;
  readonly #onExit = () => this.flushSync();

  constructor(options: RotatingLogOptions) {
    this.#options = { maxBytes: LOG_FILE_BYTES, files: LOG_FILES, ...options };
    this.#pending = new PendingLines(options.now);
    process.once('exit', this.#onExit);
  }

  /** Takes one line with its newline. Never throws; after disposal it does nothing. */
  write(line: string): void {
    if (this.#isClosed) return;
    this.#pending.add(line);
    this.#draining ??= this.#drain();
  }

  /** Writes what is not being written already; for the end of the process. */
  flushSync(): void {
    if (this.#isEmpty()) return;
    try {
      const descriptor = this.#file?.fd ?? openNewestSync(this.#options.folder);
      if (!this.#isWriting) writeSync(descriptor, this.#rest);
      writeSync(descriptor, this.#pending.takeAll());
    } catch (error) {
      this.#report(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    process.off('exit', this.#onExit);
    await this.#draining;
    if (!this.#isEmpty()) await this.#drain();
    await this.#file?.close();
    this.#file = undefined;
  }

  #isEmpty(): boolean {
    return this.#rest.length === 0 && this.#pending.isEmpty;
  }

  async #drain(): Promise<void> {
    try {
      while (!this.#isEmpty()) await this.#writeSome();
      this.#isInTrouble = false;
    } catch (error) {
      this.#report(error);
    } finally {
      this.#draining = undefined;
    }
  }

  async #writeSome(): Promise<void> {
    const file = (this.#file ??= await this.#open());
    if (this.#rest.length > 0) return this.#writeRest(file);
    const { maxBytes } = this.#options;
    const room = maxBytes - this.#size;
    if (this.#size > 0 && this.#pending.nextBytes > room) return this.#rotate();
    this.#rest = this.#pending.take(room);
  }

  async #writeRest(file: FileHandle): Promise<void> {
    this.#isWriting = true;
    try {
      const { bytesWritten } = await file.write(this.#rest);
      this.#size += bytesWritten;
      this.#rest = this.#rest.subarray(bytesWritten);
    } finally {
      this.#isWriting = false;
    }
  }

  async #open(): Promise<FileHandle> {
    const { file, size } = await openNewest(this.#options.folder);
    this.#size = size;
    return file;
  }

  /** When it fails the lines go on into the file that is open, and it is tried again once as much more is in it. */
  async #rotate(): Promise<void> {
    const full = this.#file;
    this.#size = 0;
    try {
      await shiftFiles(this.#options.folder, this.#options.files);
      this.#file = await this.#open();
      await full?.close();
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    if (this.#isInTrouble) return;
    this.#isInTrouble = true;
    this.#options.onTrouble(error instanceof Error ? error : new Error(String(error)));
  }
}
