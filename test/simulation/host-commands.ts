import type { Now } from '../../src/clock.ts';
import type { RegisteredGroup } from '../../src/core/group.ts';
import type { Jid } from '../../src/core/message.ts';
import type { Db } from '../../src/db/database.ts';
import { createTaskRuns } from '../../src/db/task-runs.ts';
import { createTasks } from '../../src/db/tasks.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { CommandTable, RequestOrigin } from '../../src/ipc/command.ts';
import { createDestinationRules } from '../../src/ipc/commands/destination.ts';
import { createMessageCommand } from '../../src/ipc/commands/message.ts';
import { createTaskCommands } from '../../src/ipc/commands/tasks/table.ts';
import type { RandomBytes } from '../../src/random.ts';

interface Registered {
  get(jid: Jid): RegisteredGroup | undefined;
  byFolder(folder: string): RegisteredGroup | undefined;
}

export function registrationsOf(groups: ReadonlyMap<Jid, RegisteredGroup>): Registered {
  return {
    get: (jid) => groups.get(jid),
    byFolder: (folder) => [...groups.values()].find((group) => group.folder === folder),
  };
}

export interface HostCommandsParts {
  readonly db: Db;
  readonly engine: Engine;
  readonly registered: Registered;
  readonly timeZone: string;
  readonly now: Now;
  readonly randomBytes: RandomBytes;
}

/** The requests that agents of a history make, put together as the app does. */
export function createCommands(parts: HostCommandsParts): CommandTable {
  const { db, engine, registered, now, randomBytes } = parts;
  const originOf = ({ folder, requestId, acceptedAt }: RequestOrigin) =>
    `ipc:${folder}:${requestId}:${acceptedAt}`;
  const message = createMessageCommand({
    rules: createDestinationRules({ groups: registered, now }),
    findMessage: (chatJid, id) => engine.findMessage(chatJid, id),
    enqueueMessage: (chatJid, text, origin, options) => ({
      messageId: engine.enqueue(chatJid, text, originOf(origin), options),
    }),
  });
  const tasks = createTaskCommands({
    tasks: createTasks(db),
    taskRuns: createTaskRuns(db),
    groups: registered,
    timeZoneOf: (group) => group.timeZone ?? parts.timeZone,
    now,
    randomBytes,
    onTasksChanged: async () => engine.onTasksChanged(),
  });
  return { messages: [message], tasks };
}
