import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessRunning } from '../running-process.ts';

/**
 * A folder of this process below the root, gone with the disposal of its owner. Those of processes that were killed are
 * removed before: nobody else does.
 */
export async function openAskFolder(
  root: string,
  pid: number,
): Promise<AsyncDisposable & { readonly path: string }> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  for (const name of await readdir(root)) {
    if (!isProcessRunning(Number(name))) await remove(join(root, name));
  }
  const path = join(root, String(pid));
  return { path, [Symbol.asyncDispose]: () => remove(path) };
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}
