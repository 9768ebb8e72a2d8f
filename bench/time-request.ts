import { watch } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ipcReplySchema } from '@deckhand/protocol';

/** Milliseconds from rename to reply. Throws when the request is refused. */
export async function timeRequest(
  ipc: string,
  name: string,
  request: object,
  signal: AbortSignal,
): Promise<number> {
  const path = join(ipc, 'tasks', name);
  await writeFile(`${path}.tmp`, JSON.stringify(request));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const watcher = watch(join(ipc, 'replies'), { signal }, (_event, changed) => {
    if (changed === name) resolve();
  });
  watcher.on('error', reject);
  const startedAt = performance.now();
  await rename(`${path}.tmp`, path);
  await promise;
  const elapsedMs = performance.now() - startedAt;
  watcher.close();
  const reply = ipcReplySchema.parse(
    JSON.parse(await readFile(join(ipc, 'replies', name), 'utf8')),
  );
  if (!reply.ok) throw new Error(`the mailbox refused a request: ${reply.error}`);
  return elapsedMs;
}
