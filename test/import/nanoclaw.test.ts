import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliWorld, createCliWorld, PROJECT_ROOT } from '../../src/cli/cli-world.fixture.ts';
import { type Db, openDatabaseReadonly } from '../../src/db/database.ts';
import { acquireInstanceLock } from '../../src/db/instance-lock.ts';
import { createSessions } from '../../src/db/sessions.ts';
import { createTasks } from '../../src/db/tasks.ts';
import { STARTER_MEMORY } from '../../src/import/nanoclaw/global-memory.ts';
import {
  FAMILY_JID,
  FAMILY_SESSION,
  MAIN_JID,
  withDatabase,
  writeAt,
  writeJsonEra,
  writeSqliteEra,
} from './nanoclaw-fixture.ts';

let world: CliWorld;
let source = '';
beforeEach(() => {
  world = createCliWorld();
  source = mkdtempSync(join(tmpdir(), 'deckhand-nanoclaw-'));
});
afterEach(() => {
  world[Symbol.dispose]();
  rmSync(source, { recursive: true });
});

const importIt = (...args: string[]) => world.run('import', 'nanoclaw', source, ...args);
const registrations = (): Record<string, unknown> =>
  JSON.parse(readFileSync(world.paths.registrations, 'utf8'));
const groupFile = (folder: string, path: string) =>
  readFileSync(join(world.paths.groupFolder(folder), path), 'utf8');

function inDatabase<T>(read: (db: Db) => T): T {
  const db = openDatabaseReadonly(world.paths.database);
  try {
    return read(db);
  } finally {
    db.close();
  }
}

/** Everything below the installation's folder but what is made anew each time. */
function contents(): string[] {
  return readdirSync(world.home, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/deckhand\.(db|lock)/.test(path))
    .toSorted();
}

test('an installation of the first generation is taken over', async () => {
  writeJsonEra(source);
  const end = await importIt();
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(end.stdout).toContain('2 groups taken over.');
  expect(registrations()).toMatchObject({
    [MAIN_JID]: { name: 'Me', folder: 'main', isMain: true, trigger: '@Andy', provider: 'claude' },
    [FAMILY_JID]: { name: 'Family Chat', folder: 'family-chat', isMain: false },
  });
  expect(groupFile('family-chat', 'CLAUDE.md')).toBe('# Memory of family-chat\n');
  expect(groupFile('family-chat', 'notes/list.md')).toBe('milk\n');
  expect(readFileSync(world.paths.globalMemory, 'utf8')).toContain('We live in Berlin.');
  const [task] = inDatabase((db) => createTasks(db).list('family-chat'));
  // Noon of 1 December in UTC.
  expect(task).toMatchObject({
    prompt: 'Say good morning',
    chatJid: FAMILY_JID,
    timeZone: 'UTC',
    contextMode: 'isolated',
    nextRunAt: Date.UTC(2026, 11, 2, 8),
  });
});

test('an installation of the second generation is taken over, with what is different said', async () => {
  writeSqliteEra(source);
  const end = await importIt();
  expect(registrations()).toMatchObject({
    [MAIN_JID]: { folder: 'whatsapp_main', isMain: true },
    [FAMILY_JID]: {
      folder: 'family-chat',
      requiresTrigger: false,
      containerConfig: {
        additionalMounts: [{ hostPath: '~/photos', containerPath: 'photos', readonly: true }],
        timeout: 600_000,
      },
    },
  });
  expect(registrations()[MAIN_JID]).not.toHaveProperty('requiresTrigger');
  const words = end.stdout.replace(/\s+/g, ' ');
  for (const said of [
    'the folder Family-Chat becomes family-chat',
    'of containerConfig left out: env',
    'its mounts need your allowlist',
    'Skipped: Telegram: is no WhatsApp chat',
    'task t-past is left out: That time is in the past.',
    'task t-bad is left out',
    'the conversation with Claude goes on',
    'Settings not taken: ASSISTANT_NAME, TZ, ANTHROPIC_API_KEY',
    'the link to WhatsApp',
  ]) {
    expect(words).toContain(said);
  }
  expect(end.stdout).not.toContain('t-done');
  expect(end.stdout + end.stderr).not.toContain('sk-ant-secret');
});

test('tasks keep what they do and when in the zone of their program, and get their next times anew', async () => {
  writeSqliteEra(source);
  await importIt();
  const tasks = inDatabase((db) => createTasks(db).list('family-chat'));
  const byType = Object.fromEntries(tasks.map((task) => [task.scheduleType, task]));
  expect(tasks).toHaveLength(3);
  expect(byType).toMatchObject({
    cron: {
      scheduleValue: '0 8 * * *',
      contextMode: 'group',
      timeZone: 'Europe/Berlin',
      status: 'active',
      nextRunAt: Date.UTC(2026, 11, 2, 7),
    },
    interval: { contextMode: 'isolated', status: 'paused', script: 'echo 1', nextRunAt: null },
    once: { status: 'active', nextRunAt: Date.UTC(2026, 11, 31, 23) },
  });
});

test('a conversation goes on with its transcript, and nothing else of that home is taken', async () => {
  writeSqliteEra(source);
  await importIt();
  const home = world.paths.claudeHome('family-chat');
  expect(readdirSync(home)).toEqual(['projects']);
  const transcript = join(home, 'projects', '-workspace-group', `${FAMILY_SESSION}.jsonl`);
  expect(readFileSync(transcript, 'utf8')).toBe('{"type":"user"}\n');
  expect(inDatabase((db) => createSessions(db).get('family-chat', 'claude'))).toBe(FAMILY_SESSION);
});

test('without its transcript a conversation begins anew, and that is said', async () => {
  writeSqliteEra(source);
  rmSync(join(source, 'data', 'sessions'), { recursive: true });
  expect((await importIt()).stdout.replace(/\s+/g, ' ')).toContain('its conversation begins anew');
  expect(inDatabase((db) => createSessions(db).get('family-chat', 'claude'))).toBeUndefined();
});

test('keys of WhatsApp, logs and secrets are left where they are', async () => {
  writeSqliteEra(source);
  await importIt();
  const all = contents().join('\n');
  expect(all).not.toMatch(/auth|creds|credentials\.json|settings\.json|logs\/|\.log|^\.env/m);
});

test('--with-env adds the known settings, keeps those that are there, and shows no value', async () => {
  writeSqliteEra(source);
  writeFileSync(join(world.home, '.env'), 'ASSISTANT_NAME=Robot');
  const end = await importIt('--with-env');
  expect(readFileSync(join(world.home, '.env'), 'utf8')).toBe(
    'ASSISTANT_NAME=Robot\nTZ="Europe/Berlin"\nANTHROPIC_API_KEY="sk-ant-secret"\n',
  );
  expect(end.stdout).toContain('keeps: ASSISTANT_NAME');
  expect(end.stdout).not.toContain('sk-ant-secret');
});

test('a value that Deckhand could not start with is not taken', async () => {
  writeSqliteEra(source);
  writeAt(source, '.env', 'ASSISTANT_NAME=My Robot\nTZ=Mars\n');
  await importIt('--with-env');
  expect(existsSync(join(world.home, '.env'))).toBe(false);
});

test('a dry run shows the same plan and changes nothing', async () => {
  writeSqliteEra(source);
  const dry = await importIt('--dry-run', '--json');
  expect(contents()).toEqual([]);
  const real = await importIt('--json');
  const plan = (text: string) =>
    JSON.parse(text, (key, value: unknown) =>
      ['outcome', 'isDryRun'].includes(key) ? null : value,
    );
  expect(plan(dry.stdout)).toEqual(plan(real.stdout));
});

test('a second import changes nothing and says why', async () => {
  writeSqliteEra(source);
  await importIt();
  const before = contents();
  const tasks = inDatabase((db) => createTasks(db).list());
  const again = await importIt();
  expect(again.stdout).toContain('Skipped: Family Chat: is registered already');
  expect(contents()).toEqual(before);
  expect(inDatabase((db) => createTasks(db).list())).toEqual(tasks);
});

test('a folder and a main group that are there already stay as they are', async () => {
  writeJsonEra(source);
  world.register({ '1@g.us': { name: 'Boss', folder: 'boss', isMain: true } });
  const kept = world.paths.groupFolder('family-chat');
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, 'CLAUDE.md'), 'mine');
  const end = await importIt();
  expect(end).toMatchObject({ code: 1 });
  expect(end.stdout.replace(/\s+/g, ' ')).toContain('move it away to import this one');
  expect(groupFile('family-chat', 'CLAUDE.md')).toBe('mine');
  expect(registrations()).toMatchObject({ [MAIN_JID]: { folder: 'main', isMain: false } });
  expect(registrations()).not.toHaveProperty([FAMILY_JID]);
});

test('a memory of all groups that somebody has written is not replaced', async () => {
  writeJsonEra(source);
  mkdirSync(world.paths.groups, { recursive: true });
  writeFileSync(world.paths.globalMemory, 'mine');
  expect((await importIt()).stdout.replace(/\s+/g, ' ')).toContain('join them by hand');
  expect(readFileSync(world.paths.globalMemory, 'utf8')).toBe('mine');
});

test('the memory that the project comes with may be replaced', () => {
  expect(readFileSync(join(PROJECT_ROOT, 'groups', 'CLAUDE.md'), 'utf8')).toBe(STARTER_MEMORY);
});

test('while a host is running nothing is imported', async () => {
  writeJsonEra(source);
  mkdirSync(world.paths.data, { recursive: true });
  using _host = acquireInstanceLock(world.paths.lock);
  expect(await importIt()).toMatchObject({ code: 4, stdout: '' });
  expect(existsSync(world.paths.registrations)).toBe(false);
});

test('an import that was cut off before the registration is done again from the start', async () => {
  writeJsonEra(source);
  writeAt(world.home, 'data/import/family-chat.json', JSON.stringify({ jid: FAMILY_JID }));
  writeAt(world.home, 'groups/family-chat/half.md', 'half');
  writeAt(world.home, 'data/claude/family-chat/.claude/half', 'half');
  expect((await importIt()).code).toBe(0);
  expect(readdirSync(world.paths.groupFolder('family-chat')).toSorted()).toEqual([
    'CLAUDE.md',
    'notes',
  ]);
  expect(readdirSync(world.paths.claudeHome('family-chat'))).toEqual(['projects']);
  expect(readdirSync(join(world.paths.data, 'import'))).toEqual([]);
});

test('an import that was cut off after the registration gets its tasks, and its folder is not touched', async () => {
  writeJsonEra(source);
  await importIt();
  writeAt(world.home, 'data/import/family-chat.json', JSON.stringify({ jid: FAMILY_JID }));
  writeAt(world.home, 'groups/family-chat/CLAUDE.md', 'written since');
  rmSync(world.paths.database);
  expect((await importIt()).code).toBe(0);
  expect(groupFile('family-chat', 'CLAUDE.md')).toBe('written since');
  expect(inDatabase((db) => createTasks(db).list('family-chat'))).toHaveLength(1);
});

test('an import that was cut off at its very end doubles no task', async () => {
  writeSqliteEra(source);
  await importIt();
  const tasks = inDatabase((db) => createTasks(db).list());
  writeAt(world.home, 'data/import/family-chat.json', JSON.stringify({ jid: FAMILY_JID }));
  expect((await importIt()).stdout).not.toContain('FAILED');
  expect(inDatabase((db) => createTasks(db).list())).toEqual(tasks);
});

test('a mark of another group gives nobody its folder', async () => {
  writeJsonEra(source);
  writeAt(world.home, 'data/import/family-chat.json', JSON.stringify({ jid: '9@g.us' }));
  writeAt(world.home, 'groups/family-chat/CLAUDE.md', 'mine');
  await importIt();
  expect(groupFile('family-chat', 'CLAUDE.md')).toBe('mine');
});

test('a mark gives nobody a folder that another group has got since', async () => {
  writeJsonEra(source);
  world.register({ '9@g.us': { name: 'Club', folder: 'family-chat' } });
  writeAt(world.home, 'data/import/family-chat.json', JSON.stringify({ jid: FAMILY_JID }));
  writeAt(world.home, 'groups/family-chat/CLAUDE.md', 'mine');
  const end = await importIt();
  expect(end.stdout.replace(/\s+/g, ' ')).toContain('belongs to another group');
  expect(groupFile('family-chat', 'CLAUDE.md')).toBe('mine');
});

test('a mark gives a group that has got another folder since no second one', async () => {
  writeJsonEra(source);
  world.register({ [FAMILY_JID]: { name: 'Family', folder: 'kin' } });
  writeAt(world.home, 'data/import/family-chat.json', JSON.stringify({ jid: FAMILY_JID }));
  const end = await importIt();
  expect(end.stdout).toContain('is registered already');
  expect(inDatabase((db) => createTasks(db).list('family-chat'))).toEqual([]);
});

test('a group whose files cannot be put into place leaves nothing, and the others are taken', async () => {
  writeJsonEra(source);
  // A file where the transcripts of groups belong.
  writeAt(world.home, 'data/claude', 'in the way');
  const end = await importIt();
  expect(end.code).toBe(1);
  expect(end.stdout).toContain('FAILED, nothing is left');
  expect(existsSync(world.paths.groupFolder('family-chat'))).toBe(false);
  expect(Object.keys(registrations())).toEqual([MAIN_JID]);
  expect(readdirSync(join(world.paths.data, 'import'))).toEqual([]);
});

test('links are not followed: neither in a group, nor out of the installation', async () => {
  writeJsonEra(source);
  writeAt(world.home, 'secret/passwords', 'secret');
  symlinkSync(join(world.home, 'secret', 'passwords'), join(source, 'groups/main/link'));
  rmSync(join(source, 'groups/family-chat'), { recursive: true });
  symlinkSync(join(world.home, 'secret'), join(source, 'groups/family-chat'));
  const end = await importIt();
  expect(end.stdout).toContain('left out: link is a link, which is not followed');
  expect(end.stdout.replace(/\s+/g, ' ')).toContain('groups/family-chat is no folder within');
  expect(readdirSync(world.paths.groups).toSorted()).toEqual(['CLAUDE.md', 'main']);
});

test.each<[string, () => void, string]>([
  [
    'broken JSON',
    () => writeAt(source, 'data/registered_groups.json', '{"a":'),
    'is not valid JSON',
  ],
  [
    'JSON of another kind',
    () => writeAt(source, 'data/registered_groups.json', '[]'),
    'does not hold an object',
  ],
  [
    'text that is not UTF-8',
    () => writeAt(source, 'data/registered_groups.json', Buffer.from('{"ü":1}', 'latin1')),
    'is not UTF-8',
  ],
  [
    'a file of any size',
    () => writeAt(source, 'data/registered_groups.json', ' '.repeat(9 * 1024 * 1024)),
    'is larger than',
  ],
  [
    'a link that leads out',
    () => {
      mkdirSync(join(source, 'data'));
      symlinkSync('/etc/passwd', join(source, 'data/registered_groups.json'));
    },
    'leads out of the folder',
  ],
  [
    'an entry without a folder',
    () => writeAt(source, 'data/registered_groups.json', '{"1@g.us":{"name":"A"}}'),
    'has no name and folder',
  ],
  [
    'what is no database',
    () => writeAt(source, 'store/messages.db', 'x'.repeat(5000)),
    'cannot be read',
  ],
  [
    'a database of another program',
    () => withDatabase(source, (db) => void db.exec('create table other (a text)')),
    'none of the tables',
  ],
  [
    'a table of another shape',
    () =>
      withDatabase(
        source,
        (db) =>
          void db.exec(
            "create table registered_groups (jid text); insert into registered_groups values ('1@g.us')",
          ),
      ),
    'has no usable name',
  ],
])('%s is told in a sentence and imports nothing', async (_title, arrange, sentence) => {
  arrange();
  const end = await importIt();
  expect(end).toMatchObject({ code: 1, stderr: '' });
  expect(end.stdout.replace(/\s+/g, ' ')).toContain(sentence);
  expect(existsSync(world.paths.registrations)).toBe(false);
});

test.each([
  ['../../etc', 'folder'],
  ['global', 'reserved'],
  ['', 'folder'],
])('a group in the folder %j is skipped', async (folder, reason) => {
  writeAt(
    source,
    'data/registered_groups.json',
    JSON.stringify({ '1@g.us': { name: 'A', folder } }),
  );
  const end = await importIt();
  expect(end.code).toBe(1);
  expect(end.stdout).toContain('Skipped: A:');
  expect(end.stdout).toContain(reason);
});

test('a session that names another file is not followed', async () => {
  writeJsonEra(source);
  writeAt(source, 'data/sessions.json', JSON.stringify({ 'family-chat': '../../../../secret' }));
  expect((await importIt()).stdout.replace(/\s+/g, ' ')).toContain('its conversation begins anew');
});

test.each<[string, () => string, string]>([
  ['a folder that is not there', () => join(source, 'nowhere'), 'cannot be opened'],
  ['an empty folder', () => source, 'no registered groups'],
  [
    'version 2',
    () => {
      writeAt(source, 'data/v2.db', '');
      return source;
    },
    'NanoClaw 2',
  ],
])('%s is refused as wrong usage', async (_title, arrange, reason) => {
  const end = await world.run('import', 'nanoclaw', arrange());
  expect(end).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(reason) });
});
