import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ipcReplySchema } from '@deckhand/protocol';
import { systemNow } from '../../../src/clock.ts';
import { type RegisteredGroup, registeredGroupSchema } from '../../../src/core/group.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { createTaskRuns } from '../../../src/db/task-runs.ts';
import { createTasks } from '../../../src/db/tasks.ts';
import type { Command, Effect, Refusal } from '../../../src/ipc/command.ts';
import { createRegisterGroupCommand } from '../../../src/ipc/commands/groups/register-group.ts';
import { createTaskCommands } from '../../../src/ipc/commands/tasks/table.ts';
import { createMessageCommands } from '../../../src/ipc/message-commands.fixture.ts';
import { parseRequest } from '../../../src/ipc/request-json.ts';
import { hostPaths } from '../../../src/paths.ts';
import { systemRandomBytes } from '../../../src/random.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { demandSaneObjects } from '../sane-objects.ts';
import { IPC_CORPUS, IPC_TOKENS, OTHER_JID, OWN_JID } from './ipc-corpus.ts';

/** Three fields of 200 characters, and the sentence around them. */
const MAX_ERROR_CHARS = 900;
const FOLDER = 'family';

const groups: readonly RegisteredGroup[] = [
  registeredGroupSchema.parse({ jid: OWN_JID, folder: FOLDER, name: 'Family' }),
  registeredGroupSchema.parse({ jid: OTHER_JID, folder: 'main', name: 'Main', isMain: true }),
];

/** What a group other than main writes into its mailbox, up to the rows that it makes: the last step is undone. */
export function createIpcRequestTarget(): FuzzTarget {
  const db = openDatabase(':memory:');
  const group = groups[0] as RegisteredGroup;
  const commands = createCommands(db);
  const foreignRows = db
    .prepare<[string, string], number>(
      'select (select count(*) from outbox where chat_jid <> ?) + (select count(*) from tasks where folder <> ?)',
    )
    .pluck();
  const applyAndUndo = (apply: () => Effect): Effect => {
    db.exec('begin');
    try {
      const effect = apply();
      demand(foreignRows.get(OWN_JID, FOLDER) === 0, 'a row of another group was written');
      return effect;
    } finally {
      db.exec('rollback');
    }
  };
  return {
    name: 'ipc-request',
    corpus: IPC_CORPUS,
    tokens: IPC_TOKENS,
    maxBytes: 65_536,
    check(input) {
      const parsed = parseRequest(input);
      demandSaneObjects();
      if (!parsed.ok) return demandSentence(parsed);
      const typeChars = Array.from(parsed.type).length;
      demand(typeChars >= 1 && typeChars <= 64, 'a type of 1 to 64 characters');
      const prepared = commands
        .find(({ type }) => type === parsed.type)
        ?.prepare(group, parsed.value);
      if (prepared === undefined) return;
      if (!prepared.ok) return demandSentence(prepared);
      demand(parsed.type !== 'register_group', 'only main registers groups');
      if ('stage' in prepared) return;
      const origin = { folder: FOLDER, requestId: 'r.json', acceptedAt: 1 };
      const effect = applyAndUndo(() => prepared.apply(db, origin));
      if ('refused' in effect) return demandSentence(effect.refused);
      const reply = { ok: true, requestId: 'r.json', ...effect };
      demand(ipcReplySchema.safeParse(reply).success, 'a reply as the protocol has it');
    },
  };
}

function createCommands(db: ReturnType<typeof openDatabase>): readonly Command[] {
  const byJid = { get: (jid: string) => groups.find((group) => group.jid === jid) };
  const tasks = createTaskCommands({
    tasks: createTasks(db),
    taskRuns: createTaskRuns(db),
    groups: byJid,
    timeZoneOf: () => 'Europe/Berlin',
    now: systemNow,
    randomBytes: systemRandomBytes,
    onTasksChanged: () => Promise.resolve(),
  });
  const register = createRegisterGroupCommand({
    groups: { ...byJid, add: () => Promise.reject(new Error('nothing is registered here')) },
    onGroupsChanged: () => Promise.resolve(),
    now: systemNow,
  });
  const paths = hostPaths(join(tmpdir(), 'deckhand-fuzz-nowhere'));
  return [...createMessageCommands({ db, paths, groups: byJid }), ...tasks, register];
}

function demandSentence({ error }: Refusal): void {
  demand(
    error.length > 0 && error.length <= MAX_ERROR_CHARS,
    `a refusal of ${error.length} characters`,
  );
}
