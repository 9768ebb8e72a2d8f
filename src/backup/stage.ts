import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ParsedTarEntry } from 'modern-tar';
import { FREE_RESERVE_BYTES, MAX_ENTRIES } from './archive-limits.ts';
import { isArchivePath } from './archive-path.ts';
import { BackupError } from './backup-error.ts';
import type { ManifestFile } from './manifest.ts';

const WRITE_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** What was unpacked into a folder that was empty before and that nobody else knows. */
export class Stage {
  /** By their path in the archive. */
  readonly files = new Map<string, ManifestFile>();
  readonly #folder: string;
  #freeBytes: number;
  #entries = 0;

  private constructor(folder: string, freeBytes: number) {
    this.#folder = folder;
    this.#freeBytes = freeBytes;
  }

  static async open(folder: string): Promise<Stage> {
    const { bavail, bsize } = await statfs(folder);
    return new Stage(folder, bavail * bsize - FREE_RESERVE_BYTES);
  }

  /** Unpacks one entry. Rejects with BackupError when it has no place in a backup. */
  async add({ header, body }: ParsedTarEntry): Promise<void> {
    const path = header.name.replace(/\/$/, '');
    this.#entries += 1;
    if (this.#entries > MAX_ENTRIES) throw new BackupError('The archive has too many entries.');
    if (!isArchivePath(path)) throw refused(header.name, 'has no place in a backup');
    if (header.type === 'directory') {
      await body.cancel();
      await this.#makeFolder(path, header.mode);
      return;
    }
    if (header.type !== 'file') throw refused(header.name, 'is neither file nor folder');
    if (this.files.has(path)) throw refused(header.name, 'is there twice');
    this.#freeBytes -= header.size;
    if (this.#freeBytes < 0) {
      throw new BackupError('The disk has too little room for what the archive says it holds.');
    }
    this.files.set(path, await this.#write(path, header.mode, body));
  }

  async #makeFolder(path: string, mode = 0o755): Promise<void> {
    const folder = join(this.#folder, path);
    await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    // What lies in it comes after it and has to be written.
    await mkdir(folder, { recursive: true, mode: (mode & 0o777) | 0o700 });
  }

  async #write(
    path: string,
    mode = 0o600,
    body: ReadableStream<Uint8Array>,
  ): Promise<ManifestFile> {
    const file = join(this.#folder, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await using handle = await open(file, WRITE_FLAGS, mode & 0o777);
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of body) {
      hash.update(chunk);
      size += chunk.byteLength;
      await handle.writeFile(chunk);
    }
    await handle.sync();
    return { path, size, sha256: hash.digest('hex') };
  }
}

function refused(name: string, reason: string): BackupError {
  return new BackupError(
    `The archive is not one of Deckhand’s, or was changed: ${JSON.stringify(name)} ${reason}. Nothing was changed.`,
  );
}
