import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import type { AgentMount } from '../core/mounts.ts';
import { isErrno } from '../errno.ts';

/** Tells a file or folder from another one that took its place. */
export function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/**
 * Compares what a started container was given with what was allowed: an agent that may write a folder above a mount can
 * exchange the mount for a link between the look at it and the start. Throws when the source is another one now, or
 * when the container's own view, asked through /proc where the engine runs on this machine, shows another one. `pid`
 * is that of the container's first process.
 */
export async function verifyMounts(mounts: readonly AgentMount[], pid: number): Promise<void> {
  for (const { source, target, identity } of mounts) {
    if (identity === undefined) continue;
    const views = [await viewOf(source), await viewOf(`/proc/${pid}/root${target}`)];
    const [onHost, inside] = views;
    if (onHost !== identity || (inside !== undefined && inside !== identity))
      throw new Error(`mount ${source} was exchanged while the container was started`);
  }
}

/** Undefined where nothing is or nobody may look: an engine elsewhere, another kind of container. */
async function viewOf(path: string): Promise<string | undefined> {
  try {
    return identityOf(await lstat(path, { bigint: true }));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ESRCH')) return undefined;
    throw error;
  }
}
