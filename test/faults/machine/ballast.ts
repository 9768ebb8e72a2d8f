import { appendFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isErrno } from '../../../src/errno.ts';

/** The unit in which tmpfs gives room. */
export const PAGE_BYTES = 4_096;

/** A file that takes what room there is on the disk of the temporary folder. */
export class Ballast {
  readonly #path = join(tmpdir(), 'ballast');

  /** Leaves room for so many pages and no more. */
  leave(pages: number): void {
    this.remove();
    for (const bytes of [1024 * PAGE_BYTES, PAGE_BYTES]) fill(this.#path, Buffer.alloc(bytes));
    truncateSync(this.#path, statSync(this.#path).size - pages * PAGE_BYTES);
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

function fill(path: string, piece: Uint8Array): void {
  try {
    for (;;) appendFileSync(path, piece);
  } catch (error) {
    if (!isErrno(error, 'ENOSPC')) throw error;
  }
}
