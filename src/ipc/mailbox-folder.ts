import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MAILBOX_FOLDERS, type MailboxFolder } from '@deckhand/protocol';
import { isErrno } from '../errno.ts';
import { OpenedFolder } from './opened-folder.ts';
import type { Quarantine } from './quarantine.ts';
import { removeAbandoned } from './temporary-file.ts';

/** What stands where a mailbox folder or a snapshot belongs. */
const WRONG_KIND = {
  code: 'unsafe_file',
  error: 'A folder or file of the mailbox was replaced by something else.',
} as const;

/** The mailbox of one group: `data/ipc/<folder>` with its four folders, all of them writable to the agent. */
export class MailboxFolderTree {
  readonly #root: string;
  readonly #folder: string;
  readonly #quarantine: Quarantine;

  constructor(ipcRoot: string, folder: string, quarantine: Quarantine) {
    this.#root = ipcRoot;
    this.#folder = folder;
    this.#quarantine = quarantine;
  }

  /** Makes what is missing; a new folder takes the owner and mode of the mailbox's. */
  async ensure(): Promise<void> {
    await using mailbox = await this.openMailbox();
    for (const part of MAILBOX_FOLDERS) {
      await using _folder = await this.#openIn(mailbox, part);
    }
  }

  /** Opens one folder; one that is gone is made again, and what took its place is quarantined. */
  async open(part: MailboxFolder): Promise<OpenedFolder> {
    await using mailbox = await this.openMailbox();
    return await this.#openIn(mailbox, part);
  }

  /** Removes the unfinished files of hosts that died while they wrote. */
  async removeAbandoned(now: number): Promise<void> {
    await using mailbox = await this.openMailbox();
    await using replies = await this.open('replies');
    await removeAbandoned(mailbox, now);
    await removeAbandoned(replies, now);
  }

  /** Quarantines what an agent put where something of the host's belongs. */
  async setAside(mailbox: OpenedFolder, name: string): Promise<void> {
    const origin = { folder: this.#folder, box: '', name };
    await this.#quarantine.take(await mailbox.pathOf(name), origin, WRONG_KIND);
  }

  /** Opens the mailbox itself; one that is gone is made again. */
  async openMailbox(): Promise<OpenedFolder> {
    const path = join(this.#root, this.#folder);
    try {
      return await OpenedFolder.open(path);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      await mkdir(path, { recursive: true, mode: 0o700 });
      return OpenedFolder.open(path);
    }
  }

  async #openIn(mailbox: OpenedFolder, part: MailboxFolder): Promise<OpenedFolder> {
    try {
      return await mailbox.openFolder(part);
    } catch (error) {
      if (isErrno(error, 'ENOTDIR', 'ELOOP')) await this.setAside(mailbox, part);
      else if (!isErrno(error, 'ENOENT')) throw error;
      return await mailbox.makeFolder(part);
    }
  }
}
