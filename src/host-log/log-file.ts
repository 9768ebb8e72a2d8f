import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { isErrno } from '../errno.ts';

const CHUNK_BYTES = 64 * 1024;

/** One file of the log, read as it grows. It stays the same file whatever its name becomes. */
export class LogFile implements AsyncDisposable {
  readonly #file: FileHandle;
  /** Tells files apart as long as one of them is open. */
  readonly inode: bigint;
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  #decoder = new StringDecoder('utf8');
  #position = 0;
  #unfinished = '';

  private constructor(file: FileHandle, inode: bigint) {
    this.#file = file;
    this.inode = inode;
  }

  /** Undefined when there is no such file. */
  static async open(path: string): Promise<LogFile | undefined> {
    try {
      const file = await open(path, 'r');
      const { ino } = await file.stat({ bigint: true });
      return new LogFile(file, ino);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** The lines that were added since the last call. */
  async *readLines(): AsyncGenerator<string> {
    await this.#noticeTruncation();
    for (;;) {
      const { bytesRead } = await this.#file.read(this.#chunk, 0, CHUNK_BYTES, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      const text = this.#unfinished + this.#decoder.write(this.#chunk.subarray(0, bytesRead));
      const lines = text.split('\n');
      this.#unfinished = lines.pop() ?? '';
      yield* lines.filter((line) => line !== '');
    }
  }

  /** When it was written to last, unix nanoseconds. */
  async modifiedAt(): Promise<bigint> {
    return (await this.#file.stat({ bigint: true })).mtimeNs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  /** Somebody has emptied it by hand. */
  async #noticeTruncation(): Promise<void> {
    const { size } = await this.#file.stat();
    if (size >= this.#position) return;
    this.#position = 0;
    this.#unfinished = '';
    this.#decoder = new StringDecoder('utf8');
  }
}
