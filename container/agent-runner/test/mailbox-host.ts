import { systemNow } from '../../../src/clock.ts';
import { type RegisteredGroup, registeredGroupSchema } from '../../../src/core/group.ts';
import type { Task } from '../../../src/core/task.ts';
import { type Db, openDatabase } from '../../../src/db/database.ts';
import { createTaskRuns } from '../../../src/db/task-runs.ts';
import { createTasks, type Tasks } from '../../../src/db/tasks.ts';
import { createTaskCommands } from '../../../src/ipc/commands/tasks/table.ts';
import { MailboxFolderTree } from '../../../src/ipc/mailbox-folder.ts';
import { createMailboxes, type Mailboxes } from '../../../src/ipc/mailboxes.ts';
import { Quarantine } from '../../../src/ipc/quarantine.ts';
import { createSnapshots } from '../../../src/ipc/snapshots.ts';
import { createLogger } from '../../../src/logger.ts';
import { systemRandomBytes } from '../../../src/random.ts';
import type { RunnerProcess } from './runner-process.ts';

/** The runner's mailbox is named `ipc`, which makes that the group's folder here. */
const FOLDER = 'ipc';

/** The host's real mailbox, task commands and database behind the mailbox of one runner. */
export class MailboxHost implements AsyncDisposable {
  readonly #db: Db;
  readonly #tasks: Tasks;
  readonly #mailboxes: Mailboxes;

  private constructor(db: Db, tasks: Tasks, mailboxes: Mailboxes) {
    this.#db = db;
    this.#tasks = tasks;
    this.#mailboxes = mailboxes;
  }

  static async start(runner: RunnerProcess, jid: string): Promise<MailboxHost> {
    const db = openDatabase(':memory:');
    const tasks = createTasks(db);
    const group = registeredGroupSchema.parse({ jid, folder: FOLDER, name: 'Crew' });
    const groups = groupsOf(group);
    const ipcRoot = runner.paths.ipc.slice(0, -FOLDER.length - 1);
    const [claimedRoot, quarantineRoot] = [`${ipcRoot}/claimed`, `${ipcRoot}/quarantine`];
    const quarantine = new Quarantine(quarantineRoot, systemNow);
    const snapshots = createSnapshots({
      treeOf: (folder) => new MailboxFolderTree(ipcRoot, folder, quarantine),
      tasks,
      chats: { all: () => [] },
      groups,
      now: systemNow,
    });
    const taskCommands = createTaskCommands({
      tasks,
      taskRuns: createTaskRuns(db),
      groups,
      timeZoneOf: () => 'Europe/Berlin',
      now: systemNow,
      randomBytes: systemRandomBytes,
      onTasksChanged: (folder) => snapshots.writeTasks(folder),
    });
    const mailboxes = await createMailboxes({
      paths: { ipcRoot, claimedRoot, quarantineRoot },
      db,
      groups,
      commands: { messages: [], tasks: taskCommands },
      logger: createLogger('silent'),
      now: systemNow,
    });
    await mailboxes.setFolders([FOLDER]);
    await snapshots.write(FOLDER);
    return new MailboxHost(db, tasks, mailboxes);
  }

  tasks(): Task[] {
    return this.#tasks.list();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mailboxes[Symbol.asyncDispose]();
    this.#db.close();
  }
}

function groupsOf(group: RegisteredGroup) {
  return {
    all: () => [group],
    get: (jid: string) => (jid === group.jid ? group : undefined),
    byFolder: (folder: string) => (folder === group.folder ? group : undefined),
  };
}
