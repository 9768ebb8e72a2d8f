import type { BigIntStats } from 'node:fs';
import { lstat, open, readlink, realpath } from 'node:fs/promises';

/** Of Linux's `open`: takes hold of whatever is there without reading it, so that no pipe waits and no device acts. */
const O_PATH = 0o10000000;

/** What a path has led to. Dispose it. */
export interface MountSource extends AsyncDisposable {
  /** With every link followed. */
  readonly realPath: string;
  readonly found: BigIntStats;
  /** Leads there until it is disposed, also when something else takes its place. */
  readonly ownPath: string;
}

/**
 * Follows a path once, so that place, kind and identity are those of the same thing: whoever may write a folder above it
 * can exchange it between two looks. Elsewhere than on Linux two looks are all there is. Rejects as `open` does.
 */
export async function openMountSource(
  path: string,
  isLinux = process.platform === 'linux',
): Promise<MountSource> {
  if (!isLinux) return lookTwice(path);
  const handle = await open(path, O_PATH);
  const ownPath = `/proc/self/fd/${handle.fd}`;
  try {
    const [realPath, found] = [await readlink(ownPath), await handle.stat({ bigint: true })];
    return { realPath, found, ownPath, [Symbol.asyncDispose]: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function lookTwice(path: string): Promise<MountSource> {
  const realPath = await realpath(path);
  const found = await lstat(realPath, { bigint: true });
  return { realPath, found, ownPath: realPath, [Symbol.asyncDispose]: () => Promise.resolve() };
}
