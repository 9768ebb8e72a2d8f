import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const CHUNK_BYTES = 256 * 1024;

/** Copies files into a new folder, their bytes and who may execute them. A link in the place of a file is refused. */
export async function copyTree(
  from: string,
  to: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const path of files) {
    signal.throwIfAborted();
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await copyFile(join(from, path), target, signal);
  }
}

async function copyFile(from: string, to: string, signal: AbortSignal): Promise<void> {
  await using source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  const isExecutable = ((await source.stat()).mode & 0o100) !== 0;
  await using target = await open(to, 'wx', isExecutable ? 0o700 : 0o600);
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await source.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return;
    await target.writeFile(buffer.subarray(0, bytesRead));
  }
}
