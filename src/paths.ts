import { join } from 'node:path';

/** Every path under the installation's folder. Group folders have been validated before they get here. */
export interface HostPaths {
  readonly home: string;
  readonly data: string;
  readonly groups: string;
  readonly database: string;
  readonly lock: string;
  readonly registrations: string;
  /** Written by a command that has changed the scheduled tasks. */
  readonly tasksNudge: string;
  readonly globalMemory: string;
  readonly ipcRoot: string;
  /** Requests taken out of a mailbox before they act; never mounted. */
  readonly claimedRoot: string;
  readonly quarantineRoot: string;
  /** Copies of files that agents send, until the server has them; never mounted. */
  readonly spool: string;
  /** Credentials of the host; never mounted. */
  readonly credentials: string;
  /** What programs and servers have listed as models; can be made again. */
  readonly modelCatalog: string;
  /** The log of `deckhand start`, one JSON object a line; `host.log` is the newest. */
  readonly logs: string;
  /** What a browser must show to use the console. */
  readonly consoleToken: string;
  /** A folder per group with the door of its containers; that folder alone is mounted. */
  readonly gatewayRoot: string;
  /** Makes the tokens by which runs are known at their doors. */
  readonly gatewayKey: string;
  /** Doors of commands beside the host, by their process ids. */
  readonly askDoors: string;
  /** The same of links that stand in for mounts. */
  readonly askProcesses: string;
  /** A folder per group with a home that its containers see and cannot write. */
  readonly codexRoot: string;
  groupFolder(folder: string): string;
  ipc(folder: string): string;
  codexHome(folder: string): string;
  claudeHome(folder: string): string;
  doorFolder(folder: string): string;
}

export function hostPaths(home: string): HostPaths {
  const data = join(home, 'data');
  const groups = join(home, 'groups');
  return {
    home,
    data,
    groups,
    database: join(data, 'deckhand.db'),
    lock: join(data, 'deckhand.lock'),
    registrations: join(data, 'registered_groups.json'),
    tasksNudge: join(data, 'tasks.nudge'),
    globalMemory: join(groups, 'CLAUDE.md'),
    ipcRoot: join(data, 'ipc'),
    claimedRoot: join(data, 'ipc-claimed'),
    quarantineRoot: join(data, 'ipc-quarantine'),
    spool: join(data, 'spool'),
    credentials: join(data, 'credentials'),
    modelCatalog: join(data, 'model-catalog.json'),
    logs: join(data, 'logs'),
    consoleToken: join(data, 'console.token'),
    gatewayRoot: join(data, 'gateway'),
    gatewayKey: join(data, 'gateway.key'),
    askDoors: join(data, 'gateway-asks'),
    askProcesses: join(data, 'process-asks'),
    codexRoot: join(data, 'codex'),
    groupFolder: (folder) => join(groups, folder),
    ipc: (folder) => join(data, 'ipc', folder),
    codexHome: (folder) => join(data, 'codex', folder, '.codex'),
    claudeHome: (folder) => join(data, 'claude', folder, '.claude'),
    doorFolder: (folder) => join(data, 'gateway', folder),
  };
}
