import { type GroupsSnapshot, SNAPSHOT_FILES, type SnapshotTask } from '@deckhand/protocol';
import type { Now } from '../clock.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Jid } from '../core/message.ts';
import type { Task } from '../core/task.ts';
import type { KnownChat } from '../db/chats.ts';
import type { Tasks } from '../db/tasks.ts';
import { nextRunsOf } from './commands/tasks/task-access.ts';
import type { MailboxFolderTree } from './mailbox-folder.ts';
import { removeSnapshot, writeSnapshot } from './snapshot-file.ts';

/** Main sees the tasks of all groups: enough of them to work with, not more than it can read. */
const MAX_TASKS = 500;
/** In the list of main, which may be long; a group sees its own prompts whole. */
const MAX_MAIN_PROMPT_CHARS = 1_000;
const MAX_GROUPS = 5_000;
const MAX_KNOWN_TIMES = 5_000;

export interface SnapshotsDeps {
  readonly treeOf: (folder: string) => MailboxFolderTree;
  readonly tasks: Pick<Tasks, 'list'>;
  readonly chats: { all(): KnownChat[] };
  readonly groups: {
    all(): readonly RegisteredGroup[];
    get(jid: Jid): RegisteredGroup | undefined;
    byFolder(folder: string): RegisteredGroup | undefined;
  };
  readonly now: Now;
}

/** What agents can read of the host's state: files beside the folders of their mailboxes. */
export interface Snapshots {
  /** Everything that a group may see. Nothing for one that is not registered. */
  write(folder: string): Promise<void>;
  /** After a change to the tasks of a group: for the group and for main. */
  writeTasks(folder: string): Promise<void>;
  /** After a change to the known or registered groups: for main. */
  writeGroups(): Promise<void>;
}

export function createSnapshots(deps: SnapshotsDeps): Snapshots {
  const { treeOf, groups } = deps;
  const timesOf = createTimesCache();
  /** Writes of one file follow each other; one that has not begun serves all who ask for it. */
  const waiting = new Map<string, Promise<void>>();
  const running = new Map<string, Promise<void>>();

  const inTurn = (key: string, work: () => Promise<void>): Promise<void> => {
    const known = waiting.get(key);
    if (known !== undefined) return known;
    const begin = () => {
      waiting.delete(key);
      return work();
    };
    const done = (running.get(key) ?? Promise.resolve()).then(begin, begin);
    waiting.set(key, done);
    running.set(key, done);
    const forget = () => {
      if (running.get(key) === done) running.delete(key);
    };
    done.then(forget, forget);
    return done;
  };
  const putTasks = (group: RegisteredGroup) =>
    writeSnapshot(treeOf(group.folder), SNAPSHOT_FILES.tasks, listTasks(deps, group, timesOf));
  const putGroups = (group: RegisteredGroup) =>
    group.isMain
      ? writeSnapshot(treeOf(group.folder), SNAPSHOT_FILES.groups, listGroups(deps))
      : removeSnapshot(treeOf(group.folder), SNAPSHOT_FILES.groups);
  const mains = () => groups.all().filter((group) => group.isMain);

  return {
    async write(folder) {
      const group = groups.byFolder(folder);
      if (group === undefined) return;
      await inTurn(`${folder}/tasks`, () => putTasks(group));
      await inTurn(`${folder}/groups`, () => putGroups(group));
    },
    async writeTasks(folder) {
      const own = groups.byFolder(folder);
      const readers = new Set(own === undefined ? mains() : [own, ...mains()]);
      await Promise.all(
        [...readers].map((group) => inTurn(`${group.folder}/tasks`, () => putTasks(group))),
      );
    },
    async writeGroups() {
      await Promise.all(
        mains().map((group) => inTurn(`${group.folder}/groups`, () => putGroups(group))),
      );
    },
  };
}

type TimesOf = (task: Task) => string[];

/** Next times cost half a millisecond per task, and a list holds hundreds that have not changed. */
function createTimesCache(): TimesOf {
  const known = new Map<string, string[]>();
  return (task) => {
    if (task.nextRunAt === null) return [];
    const { scheduleType, scheduleValue, timeZone, anchorAt, nextRunAt } = task;
    const key = JSON.stringify([scheduleType, scheduleValue, timeZone, anchorAt, nextRunAt]);
    const times = known.get(key) ?? nextRunsOf(task, nextRunAt - 1);
    known.delete(key);
    known.set(key, times);
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN_TIMES && oldest !== undefined) known.delete(oldest);
    return times;
  };
}

function listTasks(
  { tasks }: SnapshotsDeps,
  group: RegisteredGroup,
  timesOf: TimesOf,
): SnapshotTask[] {
  const seen = tasks.list(group.isMain ? undefined : group.folder);
  const open = seen.filter(({ status }) => status === 'active' || status === 'paused');
  return open.slice(0, MAX_TASKS).map((task) => describeTask(task, group, timesOf(task)));
}

function describeTask(task: Task, reader: RegisteredGroup, nextRuns: string[]): SnapshotTask {
  const isOwn = task.folder === reader.folder;
  return {
    id: task.id,
    groupFolder: task.folder,
    prompt: isOwn ? task.prompt : task.prompt.slice(0, MAX_MAIN_PROMPT_CHARS).toWellFormed(),
    schedule_type: task.scheduleType,
    schedule_value: task.scheduleValue,
    context_mode: task.contextMode,
    status: task.status,
    next_run: task.nextRunAt === null ? null : new Date(task.nextRunAt).toISOString(),
    timeZone: task.timeZone,
    nextRuns,
    hasScript: task.script !== undefined,
  };
}

function listGroups({ chats, groups, now }: SnapshotsDeps): GroupsSnapshot {
  const known = new Map(chats.all().map((chat) => [chat.jid, chat]));
  const registered = groups.all().filter(({ jid }) => !known.has(jid));
  const seen = [...known.values()].map(({ jid, name, lastMessageAt }) => ({
    jid,
    name: name === '' ? (groups.get(jid)?.name ?? '') : name,
    lastActivity: lastMessageAt === 0 ? null : new Date(lastMessageAt).toISOString(),
    isRegistered: groups.get(jid) !== undefined,
  }));
  const unseen = registered.map(({ jid, name }) => ({
    jid,
    name,
    lastActivity: null,
    isRegistered: true,
  }));
  return {
    groups: [...seen, ...unseen].slice(0, MAX_GROUPS),
    lastSync: new Date(now()).toISOString(),
  };
}
