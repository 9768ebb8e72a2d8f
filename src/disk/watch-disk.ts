import { join } from 'node:path';
import type { Now } from '../clock.ts';
import { MIB } from '../core/byte-size.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Logger } from '../logger.ts';
import type { HostPaths } from '../paths.ts';
import type { Wait } from '../wait.ts';
import { DiskWatch } from './disk-watch.ts';

export interface WatchDiskDeps {
  readonly paths: HostPaths;
  /** For groups that set none. */
  readonly quotaMb: number;
  readonly reserveMb: number;
  readonly now: Now;
  readonly wait: Wait;
  readonly logger: Logger;
}

/**
 * Every folder that a group's agents may write, but those of its owner that are mounted besides: also where the host puts
 * requests that it took from them, since an agent that holds such a file open goes on writing to it.
 */
export function groupFolders(paths: HostPaths, folder: string): string[] {
  return [
    paths.groupFolder(folder),
    paths.ipc(folder),
    join(paths.claimedRoot, folder),
    join(paths.quarantineRoot, folder),
    paths.codexHome(folder),
    paths.claudeHome(folder),
  ];
}

/** What a group may use, bytes. */
export function quotaOf(group: RegisteredGroup | undefined, quotaMb: number): number {
  return (group?.containerConfig?.diskMb ?? quotaMb) * MIB;
}

/** Watches runs by what their groups may use. */
export function createWatchDisk({ paths, quotaMb, reserveMb, ...deps }: WatchDiskDeps) {
  const watch = new DiskWatch({ ...deps, data: paths.data, reserveBytes: reserveMb * MIB });
  return (
    folder: string,
    group: RegisteredGroup | undefined,
    stop: (reason: string) => void,
  ): Disposable => {
    const writable = groupFolders(paths, folder);
    return watch.watch({ folder, writable, quotaBytes: quotaOf(group, quotaMb), stop });
  };
}
