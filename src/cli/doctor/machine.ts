import { statfs } from 'node:fs/promises';
import { isErrno } from '../../errno.ts';

/** The machine as doctor finds it. */
export interface Machine {
  readonly nodeVersion: string;
  readonly platform: NodeJS.Platform;
  /** Undefined on Windows. */
  readonly uid: number | undefined;
  readonly timeZone: string;
  /** What a user without special rights may still write there; undefined when there is no such path. */
  readonly freeBytes: (path: string) => Promise<number | undefined>;
}

export function lookAtMachine(): Machine {
  return {
    nodeVersion: process.versions.node,
    platform: process.platform,
    uid: process.getuid?.(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    freeBytes,
  };
}

async function freeBytes(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return undefined;
    throw error;
  }
}
