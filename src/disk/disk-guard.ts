import { join } from 'node:path';
import type { Now } from '../clock.ts';
import { MIB } from '../core/byte-size.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Logger } from '../logger.ts';
import type { HostPaths } from '../paths.ts';
import type { Wait } from '../wait.ts';
import { DiskWatch } from './disk-watch.ts';

export interface DiskGuardDeps {
  readonly paths: HostPaths;
  /** For groups that set none. */
  readonly quotaMb: number;
  readonly reserveMb: number;
  readonly findByFolder: (folder: string) => RegisteredGroup | undefined;
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

/** Holds the agents of groups to what these may use, as their registrations say at the time. */
export function createDiskGuard(deps: DiskGuardDeps) {
  const { paths, quotaMb, reserveMb, findByFolder } = deps;
  const watch = new DiskWatch({ ...deps, data: paths.data, reserveBytes: reserveMb * MIB });
  const groupOf = (folder: string) => ({
    folder,
    writable: groupFolders(paths, folder),
    quotaBytes: quotaOf(findByFolder(folder), quotaMb),
  });
  return {
    refuse: (folder: string) => watch.refuse(groupOf(folder)),
    watchRun: (folder: string, stop: (reason: string) => void) =>
      watch.watch({ ...groupOf(folder), isIdle: false, stop }),
    watchIdle: (folder: string, stop: (reason: string) => void) =>
      watch.watch({ ...groupOf(folder), isIdle: true, stop }),
  };
}
