import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { isErrno } from '../errno.ts';
import type { MailboxFolderTree } from './mailbox-folder.ts';
import { temporaryName } from './temporary-file.ts';

const WRITE_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Replaces a file beside the folders of a mailbox in one step. The agent can write there, so a link or a folder
 * of that name is replaced or quarantined, never followed.
 */
export async function writeSnapshot(
  tree: MailboxFolderTree,
  name: string,
  content: unknown,
): Promise<void> {
  await using mailbox = await tree.openMailbox();
  const temporary = temporaryName();
  try {
    {
      // Readable to the agent, whose user is not always the host's.
      await using file = await open(await mailbox.pathOf(temporary), WRITE_FLAGS, 0o644);
      await file.writeFile(`${JSON.stringify(content)}\n`);
    }
    const place = () =>
      mailbox.pathOf(temporary).then(async (from) => {
        await rename(from, await mailbox.pathOf(name));
      });
    try {
      await place();
    } catch (error) {
      if (!isErrno(error, 'EISDIR', 'ENOTEMPTY', 'EEXIST')) throw error;
      await tree.setAside(mailbox, name);
      await place();
    }
  } finally {
    await rm(await mailbox.pathOf(temporary), { force: true });
  }
}

/** Takes a snapshot away from a group that may not see it. */
export async function removeSnapshot(tree: MailboxFolderTree, name: string): Promise<void> {
  await using mailbox = await tree.openMailbox();
  try {
    await rm(await mailbox.pathOf(name), { force: true });
  } catch (error) {
    if (!isErrno(error, 'ERR_FS_EISDIR')) throw error;
    await tree.setAside(mailbox, name);
  }
}
