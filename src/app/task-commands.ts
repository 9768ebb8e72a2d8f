import { createChats } from '../db/chats.ts';
import { createTaskRuns } from '../db/task-runs.ts';
import { createTasks } from '../db/tasks.ts';
import type { Engine } from '../engine/engine.ts';
import type { Command } from '../ipc/command.ts';
import { createRefreshGroupsCommand } from '../ipc/commands/groups/refresh-groups.ts';
import { createRegisterGroupCommand } from '../ipc/commands/groups/register-group.ts';
import { createTaskCommands } from '../ipc/commands/tasks/table.ts';
import { MailboxFolderTree } from '../ipc/mailbox-folder.ts';
import { Quarantine } from '../ipc/quarantine.ts';
import { createSnapshots, type Snapshots } from '../ipc/snapshots.ts';
import type { AgentRunner } from '../ports.ts';
import { systemRandomBytes } from '../random.ts';
import type { Registrations } from '../registrations/registrations.ts';
import type { AppBase } from './base.ts';

export interface TaskCommandParts {
  readonly engine: Engine;
  readonly registrations: Registrations;
  readonly snapshots: Snapshots;
  /** Asks WhatsApp for the names of its groups and stores them; false when it cannot be asked now. */
  readonly refreshGroups: () => Promise<boolean>;
}

/** The requests of `tasks/`: scheduled tasks, and the groups of main. */
export function createTaskBoxCommands(
  { config, db, now }: AppBase,
  { engine, registrations, snapshots, refreshGroups }: TaskCommandParts,
): readonly Command[] {
  const chats = createChats(db);
  const onGroupsChanged = () => snapshots.writeGroups();
  const tasks = createTaskCommands({
    tasks: createTasks(db),
    taskRuns: createTaskRuns(db),
    groups: registrations,
    timeZoneOf: (group) => group.timeZone ?? config.timeZone,
    now,
    randomBytes: systemRandomBytes,
    async onTasksChanged(folder) {
      engine.onTasksChanged();
      await snapshots.writeTasks(folder);
    },
  });
  const register = createRegisterGroupCommand({ groups: registrations, onGroupsChanged, now });
  const countGroups = () => chats.all().length;
  const refresh = createRefreshGroupsCommand({
    refreshGroups,
    countGroups,
    onGroupsChanged,
    now,
  });
  return [...tasks, register, refresh];
}

export function createHostSnapshots(
  { paths, db, now }: Pick<AppBase, 'paths' | 'db' | 'now'>,
  groups: Pick<Registrations, 'all' | 'get' | 'byFolder'>,
): Snapshots {
  const quarantine = new Quarantine(paths.quarantineRoot, now);
  return createSnapshots({
    treeOf: (folder) => new MailboxFolderTree(paths.ipcRoot, folder, quarantine),
    tasks: createTasks(db),
    chats: createChats(db),
    groups,
    now,
  });
}

/** Lets an agent see the state of the moment at which its run starts. A run never fails for it. */
export function showStateBeforeRuns(
  runner: AgentRunner,
  { write }: Pick<Snapshots, 'write'>,
  { logger }: Pick<AppBase, 'logger'>,
): AgentRunner {
  return {
    async run(request, group, handlers, signal) {
      try {
        await write(group.folder);
      } catch (err) {
        logger.warn({ err, folder: group.folder }, 'snapshots not written');
      }
      return runner.run(request, group, handlers, signal);
    },
    adopt: (...args) => runner.adopt(...args),
    release: (folder) => runner.release(folder),
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
  };
}
