import { randomUUID } from 'node:crypto';
import { mkdirSync, watch } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type IpcReply, ipcReplySchema } from '@deckhand/protocol';
import { readBoundedFile } from './bounded-file.ts';

const MAX_REPLY_BYTES = 64 * 1024;
/** The host answers within a second; after this long the request still stands but is unconfirmed. */
const REPLY_WAIT_MS = 10_000;

async function readReply(path: string): Promise<IpcReply | undefined> {
  const text = await readBoundedFile(path, MAX_REPLY_BYTES);
  return text === undefined ? undefined : ipcReplySchema.parse(JSON.parse(text));
}

/** Resolves when a file of that name appears in the folder or the signal aborts. */
async function waitForFile(folder: string, name: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(folder, (_event, changed) => {
    if (changed === name) resolve();
  });
  watcher.on('error', () => resolve());
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (signal.aborted) resolve();
  try {
    await promise;
  } finally {
    watcher.close();
  }
}

/**
 * Puts a request into the mailbox and waits for its reply file. Undefined when none came in time, or
 * before the signal aborted; the request stands all the same.
 */
export async function requestHost(
  ipcFolder: string,
  folder: 'messages' | 'tasks',
  request: Readonly<Record<string, unknown>>,
  waitMs: number = REPLY_WAIT_MS,
  signal?: AbortSignal,
): Promise<IpcReply | undefined> {
  const name = `${randomUUID()}.json`;
  const replies = join(ipcFolder, 'replies');
  mkdirSync(replies, { recursive: true });
  mkdirSync(join(ipcFolder, folder), { recursive: true });
  // The watch starts before the request is there, so that no reply can come unseen.
  const limit = AbortSignal.timeout(waitMs);
  const seen = waitForFile(replies, name, signal ? AbortSignal.any([signal, limit]) : limit);
  const temporary = join(ipcFolder, folder, `.${name}.tmp`);
  await writeFile(temporary, JSON.stringify(request), { mode: 0o644 });
  await rename(temporary, join(ipcFolder, folder, name));
  await seen;
  return await readReply(join(replies, name));
}
