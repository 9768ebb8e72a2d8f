import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemNow } from '../src/clock.ts';
import { registeredGroupSchema } from '../src/core/group.ts';
import { openDatabase } from '../src/db/database.ts';
import { createTaskRuns } from '../src/db/task-runs.ts';
import { createTasks } from '../src/db/tasks.ts';
import { createTaskCommands } from '../src/ipc/commands/tasks/table.ts';
import type { CreateFolderHints } from '../src/ipc/folder-hints.ts';
import { MailboxFolderTree } from '../src/ipc/mailbox-folder.ts';
import { createMailboxes } from '../src/ipc/mailboxes.ts';
import { Quarantine } from '../src/ipc/quarantine.ts';
import { createSnapshots } from '../src/ipc/snapshots.ts';
import { createLogger } from '../src/logger.ts';
import { hostPaths } from '../src/paths.ts';
import { systemRandomBytes } from '../src/random.ts';
import { type Distribution, describeDistribution } from './distribution.ts';
import { timeRequest } from './time-request.ts';

export interface IpcFigures {
  readonly withEvents: Distribution;
  /** With the sweep alone, as when the operating system loses events. */
  readonly withoutEvents: Distribution;
  readonly requests: number;
}

const ROUNDS_WITH_EVENTS = 300;
/** Each follows a sweep soon, which is its worst moment, and so takes most of a second. */
const ROUNDS_WITHOUT_EVENTS = 40;
const GROUPS = 50;
const PAUSE_MS = { withEvents: 5, withoutEvents: 40 };

/**
 * From the rename of a request to the rename of its reply, as an agent sees it: every request updates a
 * task, which is stored durably and shown in the snapshot before the reply is there. A group with a running
 * container among fifty registered ones; the host's real mailbox, commands and database on a real disk.
 */
export async function measureIpc(signal: AbortSignal): Promise<IpcFigures> {
  const withEvents = await measure(ROUNDS_WITH_EVENTS, PAUSE_MS.withEvents, undefined, signal);
  const withoutEvents = await measure(
    ROUNDS_WITHOUT_EVENTS,
    PAUSE_MS.withoutEvents,
    createSilence,
    signal,
  );
  return {
    withEvents: describeDistribution(withEvents),
    withoutEvents: describeDistribution(withoutEvents),
    requests: withEvents.length + withoutEvents.length,
  };
}

const createSilence: CreateFolderHints = async () => ({
  add: () => undefined,
  remove: () => undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

async function measure(
  rounds: number,
  pauseMs: number,
  createHints: CreateFolderHints | undefined,
  signal: AbortSignal,
): Promise<number[]> {
  const home = await mkdtemp(join(tmpdir(), 'deckhand-bench-ipc-'));
  const stack = new AsyncDisposableStack();
  stack.defer(() => rm(home, { recursive: true }));
  await using _site = stack;
  const ipc = await startHost(home, createHints, stack);
  const times: number[] = [];
  await timeRequest(ipc, 'make.json', { ...TASK, type: 'schedule_task' }, signal);
  for (let round = 0; round < rounds; round += 1) {
    await delay(pauseMs, undefined, { signal });
    const change = { type: 'update_task', taskId: TASK.taskId, prompt: `Round ${round}` };
    times.push(await timeRequest(ipc, `round-${round}.json`, change, signal));
  }
  return times;
}

const TASK = {
  taskId: 'bench',
  prompt: 'Round',
  schedule_type: 'cron',
  schedule_value: '0 9 * * *',
  context_mode: 'isolated',
};

/** Starts the mailbox of the host; resolves with the folder of the group that asks. */
async function startHost(
  home: string,
  createHints: CreateFolderHints | undefined,
  stack: AsyncDisposableStack,
): Promise<string> {
  const paths = hostPaths(home);
  const db = openDatabase(join(home, 'bench.db'));
  stack.defer(() => void db.close());
  const all = Array.from({ length: GROUPS }, (_, index) =>
    registeredGroupSchema.parse({ jid: `${index}@g.us`, folder: `g${index}`, name: 'Group' }),
  );
  const groups = {
    all: () => all,
    get: (jid: string) => all.find((group) => group.jid === jid),
    byFolder: (folder: string) => all.find((group) => group.folder === folder),
  };
  const tasks = createTasks(db);
  const quarantine = new Quarantine(paths.quarantineRoot, systemNow);
  const treeOf = (folder: string) => new MailboxFolderTree(paths.ipcRoot, folder, quarantine);
  const chats = { all: () => [] };
  const snapshots = createSnapshots({ treeOf, tasks, chats, groups, now: systemNow });
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
    paths,
    db,
    groups,
    commands: { messages: [], tasks: taskCommands },
    logger: createLogger('silent'),
    now: systemNow,
    ...(createHints === undefined ? {} : { createHints }),
  });
  stack.use(mailboxes);
  await mailboxes.setFolders(all.map(({ folder }) => folder));
  await mailboxes.idle();
  mailboxes.setActive('g0', true);
  return paths.ipc('g0');
}
