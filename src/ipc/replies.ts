import { constants } from 'node:fs';
import { lstat, open, opendir, rename, rm, unlink } from 'node:fs/promises';
import type { IpcReply } from '@deckhand/protocol';
import { isErrno } from '../errno.ts';
import type { MailboxFolderTree } from './mailbox-folder.ts';
import type { OpenedFolder } from './opened-folder.ts';
import { temporaryName } from './temporary-file.ts';

/** Replies the host keeps in a mailbox: a flood of requests must not fill the disk with answers. */
const MAX_REPLIES = 2_000;
/** Files looked at in one pruning. */
const MAX_PRUNED = 10_000;

const WRITE_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Writes `replies/<name of the request>`. The folder is the agent's to write, so nothing in it is trusted. */
export class Replies {
  readonly #mailbox: MailboxFolderTree;
  readonly #limit: number;
  /** Names written by this host, oldest first. */
  readonly #written = new Set<string>();

  constructor(mailbox: MailboxFolderTree, limit: number = MAX_REPLIES) {
    this.#mailbox = mailbox;
    this.#limit = limit;
  }

  /** Replaces an earlier reply in one step. Rejects when the folder does not let it. */
  async write(name: string, reply: IpcReply): Promise<void> {
    await using folder = await this.#mailbox.open('replies');
    const temporary = temporaryName();
    try {
      {
        // Readable to the agent, whose user is not always the host's.
        await using file = await open(await folder.pathOf(temporary), WRITE_FLAGS, 0o644);
        await file.writeFile(`${JSON.stringify(reply)}\n`);
      }
      await rename(await folder.pathOf(temporary), await folder.pathOf(name));
    } catch (error) {
      await rm(await folder.pathOf(temporary), { force: true });
      throw error;
    }
    await this.#trim(folder, name);
  }

  /** Removes files last written before `before` (unix milliseconds). */
  async prune(before: number): Promise<void> {
    await using folder = await this.#mailbox.open('replies');
    let seen = 0;
    for await (const entry of await opendir(await folder.ownPath())) {
      seen += 1;
      if (seen > MAX_PRUNED) return;
      if (!entry.isFile()) continue;
      await removeFile(await folder.pathOf(entry.name), before);
    }
  }

  async #trim(folder: OpenedFolder, name: string): Promise<void> {
    this.#written.delete(name);
    this.#written.add(name);
    if (this.#written.size <= this.#limit) return;
    const [oldest] = this.#written;
    if (oldest === undefined) return;
    this.#written.delete(oldest);
    await removeFile(await folder.pathOf(oldest), Infinity);
  }
}

/** Unless it was written later, or the agent has removed it or put a folder in its place. */
async function removeFile(path: string, before: number): Promise<void> {
  try {
    if ((await lstat(path)).mtimeMs < before) await unlink(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EISDIR', 'EPERM')) throw error;
  }
}
