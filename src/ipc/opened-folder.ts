import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';

const FOLDER_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * A folder that an agent may exchange for something else at any moment. On Linux its files are reached
 * through the open descriptor, so that whatever happens to the path, they are those of the folder that
 * was opened. Elsewhere the path is compared with what was opened each time, which narrows the
 * race without closing it.
 */
export class OpenedFolder implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #path: string;

  readonly #isLinux: boolean;

  private constructor(handle: FileHandle, path: string, isLinux: boolean) {
    this.#handle = handle;
    this.#path = path;
    this.#isLinux = isLinux;
  }

  /** Rejects with ENOENT where nothing is, with ENOTDIR or ELOOP where something else is. */
  static async open(path: string, isLinux = process.platform === 'linux'): Promise<OpenedFolder> {
    return new OpenedFolder(await open(path, FOLDER_FLAGS), path, isLinux);
  }

  /** A folder in this one, as `open`. */
  async openFolder(name: string): Promise<OpenedFolder> {
    return OpenedFolder.open(await this.pathOf(name), this.#isLinux);
  }

  /** Makes a folder in this one with this one's owner and mode, and opens it, whoever was first. */
  async makeFolder(name: string): Promise<OpenedFolder> {
    const { uid, gid, mode } = await this.#handle.stat();
    try {
      await mkdir(await this.pathOf(name));
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
    const folder = await this.openFolder(name);
    await folder.#handle.chmod(mode & 0o777);
    if (process.getuid?.() === 0) await folder.#handle.chown(uid, gid);
    return folder;
  }

  /** The path by which to reach a name in this folder now. */
  async pathOf(name: string): Promise<string> {
    if (this.#isLinux) return `/proc/self/fd/${this.#handle.fd}/${name}`;
    await this.#verify();
    return join(this.#path, name);
  }

  /** The folder itself, for reading its names. */
  async ownPath(): Promise<string> {
    if (this.#isLinux) return `/proc/self/fd/${this.#handle.fd}`;
    await this.#verify();
    return this.#path;
  }

  /** Tells this folder from another one that took its place. */
  async identity(): Promise<string> {
    const { dev, ino, birthtimeMs } = await this.#handle.stat();
    return `${dev}:${ino}:${birthtimeMs}`;
  }

  /** Rejects when the path no longer leads to the folder that was opened. */
  async #verify(): Promise<void> {
    const [now, opened] = await Promise.all([lstat(this.#path), this.#handle.stat()]);
    if (now.dev !== opened.dev || now.ino !== opened.ino) {
      throw new Error(`${this.#path} was exchanged while it was in use`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}
