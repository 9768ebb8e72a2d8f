import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IpcReply, ipcReplySchema } from '@deckhand/protocol';
import { systemNow } from '../clock.ts';
import { type RegisteredGroup, registeredGroupSchema } from '../core/group.ts';
import { createChats } from '../db/chats.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { createTaskRuns } from '../db/task-runs.ts';
import { createTasks } from '../db/tasks.ts';
import { createLogger } from '../logger.ts';
import { type HostPaths, hostPaths } from '../paths.ts';
import { systemRandomBytes } from '../random.ts';
import type { Command, Refusal } from './command.ts';
import { createRegisterGroupCommand } from './commands/groups/register-group.ts';
import { createTaskCommands } from './commands/tasks/table.ts';
import type { FolderHints } from './folder-hints.ts';
import { MailboxFolderTree } from './mailbox-folder.ts';
import { createMailboxes, type Mailboxes, type MailboxesDeps } from './mailboxes.ts';
import { createMessageCommands, NO_LIMIT } from './message-commands.fixture.ts';
import { Quarantine } from './quarantine.ts';
import { createSnapshots } from './snapshots.ts';

export const MAIN = group('1@g.us', 'main', true);
export const FAMILY = group('2@g.us', 'family');
export const WORK = group('3@g.us', 'work');

function group(jid: string, folder: string, isMain = false): RegisteredGroup {
  return registeredGroupSchema.parse({ jid, folder, name: folder, isMain });
}

/** A mailbox host on the real file system and database, and what tests of it look at. */
export class MailboxWorld implements AsyncDisposable {
  readonly paths: HostPaths;
  readonly db: Db;
  /** Log lines of level info and above. */
  readonly log: Record<string, unknown>[] = [];
  groups = [MAIN, FAMILY, WORK];
  #hosts: Mailboxes[] = [];

  private constructor(home: string) {
    this.paths = hostPaths(home);
    this.db = openDatabase(join(home, 'test.db'));
  }

  static async create(): Promise<MailboxWorld> {
    const world = new MailboxWorld(await mkdtemp(join(tmpdir(), 'deckhand-ipc-')));
    for (const { folder } of world.groups)
      await mkdir(world.paths.groupFolder(folder), { recursive: true });
    return world;
  }

  /** Starts a host for all groups, as after a crash when one ran before. */
  async start(options: Partial<MailboxesDeps> = {}): Promise<Mailboxes> {
    const groups = {
      get: (jid: string) => this.groups.find((group) => group.jid === jid),
      byFolder: (folder: string) => this.groups.find((group) => group.folder === folder),
    };
    const messages = createMessageCommands({ db: this.db, paths: this.paths, groups });
    const host = await createMailboxes({
      paths: this.paths,
      db: this.db,
      groups,
      commands: { messages, tasks: this.taskCommands() },
      logger: createLogger('info', {
        destination: { write: (line) => void this.log.push(JSON.parse(line)) },
      }),
      now: systemNow,
      rate: NO_LIMIT,
      ...options,
    });
    this.#hosts.push(host);
    await host.setFolders(this.groups.map(({ folder }) => folder));
    return host;
  }

  /** Clock of the tasks; their zone is Europe/Berlin. */
  now: () => number = systemNow;
  /** Folders whose tasks have changed, in order. */
  readonly changed: string[] = [];

  taskCommands(): Command[] {
    const { db } = this;
    const now = () => this.now();
    const groups = {
      all: () => this.groups,
      get: (jid: string) => this.groups.find((group) => group.jid === jid),
      byFolder: (folder: string) => this.groups.find((group) => group.folder === folder),
      add: async (group: RegisteredGroup) => {
        this.groups = [...this.groups, group];
        return { status: 'saved' as const, group };
      },
    };
    const quarantine = new Quarantine(this.paths.quarantineRoot, now);
    const treeOf = (folder: string) =>
      new MailboxFolderTree(this.paths.ipcRoot, folder, quarantine);
    const tasks = createTasks(db);
    const snapshots = createSnapshots({ treeOf, tasks, chats: createChats(db), groups, now });
    const commands = createTaskCommands({
      tasks,
      taskRuns: createTaskRuns(db),
      groups,
      timeZoneOf: () => 'Europe/Berlin',
      now,
      randomBytes: systemRandomBytes,
      onTasksChanged: async (folder) => {
        this.changed.push(folder);
        await snapshots.writeTasks(folder);
      },
    });
    const onGroupsChanged = () => snapshots.writeGroups();
    return [...commands, createRegisterGroupCommand({ groups, onGroupsChanged, now })];
  }

  box(folder: string, part: string): string {
    return join(this.paths.ipc(folder), part);
  }

  /** Writes a request, or a text or bytes in place of one, the way agents are told to. */
  async send(folder: string, name: string, request: unknown, part = 'messages'): Promise<void> {
    const path = join(this.box(folder, part), name);
    const isContent = typeof request === 'string' || Buffer.isBuffer(request);
    await writeFile(`${path}.tmp`, isContent ? request : JSON.stringify(request));
    await rename(`${path}.tmp`, path);
  }

  /** Puts a request where a host that crashed had claimed it. */
  async plantClaim(folder: string, name: string, request: unknown): Promise<void> {
    const claimed = join(this.paths.claimedRoot, folder, 'messages');
    await mkdir(claimed, { recursive: true });
    await writeFile(join(claimed, name), JSON.stringify(request));
  }

  /** The refusal of a request, as a host leaves it that dies before it tells. */
  async plantRefusal(folder: string, name: string, refusal: Refusal): Promise<void> {
    const refused = join(this.paths.claimedRoot, folder, 'refused', 'messages');
    await mkdir(refused, { recursive: true });
    await writeFile(join(refused, name), JSON.stringify(refusal));
  }

  /** The reply to a request, when there is one. */
  async reply(folder: string, name: string): Promise<IpcReply | undefined> {
    if (!(await readdir(this.box(folder, 'replies'))).includes(name)) return undefined;
    const text = await readFile(join(this.box(folder, 'replies'), name), 'utf8');
    return ipcReplySchema.parse(JSON.parse(text));
  }

  async refusal(folder: string, name: string): Promise<string | undefined> {
    const reply = await this.reply(folder, name);
    return reply?.ok === false ? reply.code : undefined;
  }

  /** What would be sent: `[chatJid, text]` in order. */
  sent(): [string, string][] {
    return this.db
      .prepare<[], { chat_jid: string; payload_json: string }>('select * from outbox order by seq')
      .all()
      .map((row) => [row.chat_jid, JSON.parse(row.payload_json).text]);
  }

  audit(name: string): Record<string, unknown> | undefined {
    return this.log.findLast((line) => line.msg === 'ipc request' && line.requestId === name);
  }

  async quarantined(folder: string): Promise<Record<string, unknown>[]> {
    const root = join(this.paths.quarantineRoot, folder);
    const reasons = (await readdir(root)).filter((file) => file.endsWith('.json')).sort();
    return Promise.all(
      reasons.map(async (file) => JSON.parse(await readFile(join(root, file), 'utf8'))),
    );
  }

  /** Names in all folders that must be empty when nothing is in hand. */
  async leftovers(folder: string): Promise<string[]> {
    const folders = [
      this.box(folder, 'messages'),
      this.box(folder, 'tasks'),
      join(this.paths.claimedRoot, folder, 'messages'),
      join(this.paths.claimedRoot, folder, 'tasks'),
      join(this.paths.claimedRoot, folder, 'refused', 'messages'),
      join(this.paths.claimedRoot, folder, 'refused', 'tasks'),
    ];
    return (await Promise.all(folders.map((path) => readdir(path)))).flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.#hosts) await host[Symbol.asyncDispose]();
    this.db.close();
    await rm(this.paths.home, { recursive: true });
  }
}

/** A watcher that never says anything. */
export async function createSilentHints(): Promise<FolderHints> {
  return {
    add: () => undefined,
    remove: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

export function message(chatJid: string, text: string): Record<string, unknown> {
  return { type: 'message', chatJid, text };
}
