import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type IpcReply, ipcReplySchema } from '@deckhand/protocol';
import { isErrno } from '../../../src/errno.ts';
import { waitUnlessAborted } from '../../../src/wait.ts';

const LOOK_EVERY_MS = 20;

/** How a file gets into the mailbox: under another name first, as `docs/ipc.md` asks of agents. */
export async function putRequest(
  ipcPath: string,
  box: 'messages' | 'tasks',
  name: string,
  request: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(ipcPath, box);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${name}.tmp`);
  await writeFile(temporary, JSON.stringify(request));
  signal.throwIfAborted();
  await rename(temporary, join(folder, name));
}

/** Undefined when there is none. Throws when what is there is no reply. */
export async function readReply(ipcPath: string, name: string): Promise<IpcReply | undefined> {
  try {
    return ipcReplySchema.parse(JSON.parse(await readFile(join(ipcPath, 'replies', name), 'utf8')));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** As a tool that waits for its reply for a while; the host may be down for longer. */
export async function awaitReply(
  ipcPath: string,
  name: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<IpcReply | undefined> {
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += LOOK_EVERY_MS) {
    const reply = await readReply(ipcPath, name);
    if (reply !== undefined) return reply;
    await waitUnlessAborted(LOOK_EVERY_MS, signal);
    signal.throwIfAborted();
  }
  return undefined;
}
