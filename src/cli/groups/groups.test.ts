import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { registeredGroupSchema } from '../../core/group.ts';
import { createChats } from '../../db/chats.ts';
import { acquireInstanceLock } from '../../db/instance-lock.ts';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';

const groupOutput = z.object({ group: registeredGroupSchema });

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

function stored(): unknown {
  return JSON.parse(readFileSync(world.paths.registrations, 'utf8'));
}

function knowChats(...chats: readonly (readonly [jid: string, name: string])[]): void {
  world.fill((db) => {
    createChats(db).rename(chats.map(([jid, name]) => ({ jid, name })));
  });
}

test('a chat is registered by its JID, with a folder and a memory file for its owner only', async () => {
  const { code, stdout } = await world.run('groups', 'add', '12-34@g.us', '--name', 'Dév Team');
  expect(code).toBe(0);
  expect(stdout).toContain('groups/dev-team');
  expect(stored()).toEqual({
    '12-34@g.us': {
      name: 'Dév Team',
      folder: 'dev-team',
      isMain: false,
      provider: 'claude',
      added_at: '2026-12-01T12:00:00.000Z',
    },
  });
  expect(statSync(world.paths.groupFolder('dev-team')).mode & 0o777).toBe(0o700);
  const memory = readFileSync(join(world.paths.groupFolder('dev-team'), 'CLAUDE.md'), 'utf8');
  expect(memory).toMatch(/^# /);
});

test('every option reaches the registration', async () => {
  const options = '--folder ops --trigger @Bot --no-trigger-required --main --provider codex';
  const { code, stdout } = await world.run(
    'groups',
    'add',
    '1@g.us',
    '--name',
    'Ops',
    '--json',
    '--policy',
    'readonly',
    '--auth',
    'api_key',
    ...options.split(' '),
  );
  expect(code).toBe(0);
  expect(groupOutput.parse(JSON.parse(stdout)).group).toEqual({
    jid: '1@g.us',
    name: 'Ops',
    folder: 'ops',
    trigger: '@Bot',
    requiresTrigger: false,
    isMain: true,
    provider: 'codex',
    providerConfig: { codex: { approvalPolicy: 'readonly', authMethod: 'api_key' } },
    added_at: '2026-12-01T12:00:00.000Z',
  });
});

test('a chat that was seen is registered by its name', async () => {
  knowChats(['1@g.us', 'Family'], ['2@g.us', 'Work']);
  expect((await world.run('groups', 'add', 'family')).code).toBe(0);
  expect(stored()).toMatchObject({ '1@g.us': { name: 'Family', folder: 'family' } });
});

test('a name that two chats have asks for the JID', async () => {
  knowChats(['1@g.us', 'Family'], ['2@g.us', 'family']);
  const { code, stderr } = await world.run('groups', 'add', 'Family');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^2 chats are called "Family"; name one by its JID:\n.*1@g\.us/s);
});

test('a name that nobody knows leads to the list of known chats, or to the link before there is one', async () => {
  const before = await world.run('groups', 'add', 'Famly');
  expect(before).toMatchObject({ code: 3, stderr: expect.stringContaining('`deckhand link`') });
  knowChats(['1@g.us', 'Family']);
  const after = await world.run('groups', 'add', 'Famly');
  expect(after).toMatchObject({ code: 2, stderr: expect.stringContaining('groups list --known') });
});

test('all problems of an add are named by their options, and nothing is written', async () => {
  const { code, stderr } = await world.run(
    'groups',
    'add',
    'nobody@example.org',
    '--name',
    'X',
    '--folder',
    '../x',
    '--provider',
    'gpt',
    '--policy',
    'rw',
    '--auth',
    'none',
  );
  expect(code).toBe(2);
  for (const option of ['<chat>', '--folder', '--provider', '--policy', '--auth']) {
    expect(stderr).toContain(`  ${option}: `);
  }
  expect(stderr).toContain('deckhand groups add --help');
  expect(existsSync(world.paths.registrations)).toBe(false);
  expect(existsSync(world.paths.groups)).toBe(false);
});

test.for([
  ['a chat that is registered', ['1@g.us'], '1@g.us: is registered already'],
  ['a folder that is taken', ['2@g.us', '--folder', 'one'], '--folder: "one" belongs to 1@g.us'],
  ['a second main group', ['2@g.us', '--main'], '--main: only one group may be main'],
] as const)('%s is refused', async ([, args, message]) => {
  world.register({ '1@g.us': { name: 'One', folder: 'one', isMain: true } });
  const { code, stderr } = await world.run('groups', 'add', ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(Object.keys(z.record(z.string(), z.unknown()).parse(stored()))).toEqual(['1@g.us']);
});

test('a new group does not get the files of an earlier one unless asked to, and keeps its memory then', async () => {
  mkdirSync(world.paths.groupFolder('family'), { recursive: true });
  writeFileSync(join(world.paths.groupFolder('family'), 'CLAUDE.md'), 'old memory');
  await world.run('groups', 'add', '1@g.us', '--name', 'Family');
  expect(stored()).toMatchObject({ '1@g.us': { folder: 'family-2' } });
  await world.run('groups', 'remove', 'family-2');
  const { stdout } = await world.run('groups', 'add', '1@g.us', '--folder', 'family');
  expect(stdout).toContain('with the files that were there');
  const memory = readFileSync(join(world.paths.groupFolder('family'), 'CLAUDE.md'), 'utf8');
  expect(memory).toBe('old memory');
});

test('switching the provider changes nothing else', async () => {
  const entry = {
    name: 'One',
    folder: 'one',
    trigger: '@Bot',
    requiresTrigger: false,
    isMain: true,
    provider: 'codex',
    providerConfig: { codex: { approvalPolicy: 'full', authMethod: 'chatgpt' } },
    containerConfig: { timeout: 5000 },
  };
  world.register({ '1@g.us': entry });
  expect((await world.run('groups', 'set', 'one', '--provider', 'claude')).code).toBe(0);
  expect(stored()).toEqual({ '1@g.us': { ...entry, provider: 'claude' } });
  expect((await world.run('groups', 'set', '1@g.us', '--provider', 'codex')).code).toBe(0);
  expect(stored()).toEqual({ '1@g.us': entry });
});

test('policy and sign-in change on their own, and what was set can be unset', async () => {
  const providerConfig = { codex: { approvalPolicy: 'full', authMethod: 'chatgpt' } };
  world.register({ '1@g.us': { name: 'One', folder: 'one', trigger: '@Bot', providerConfig } });
  const { stdout } = await world.run('groups', 'set', 'one', '--policy', 'readonly');
  expect(stdout).toContain('take effect with --provider codex');
  expect(stored()).toMatchObject({
    '1@g.us': { providerConfig: { codex: { approvalPolicy: 'readonly', authMethod: 'chatgpt' } } },
  });
  await world.run('groups', 'set', 'one', '--auth', 'any', '--default-trigger');
  expect(stored()).toEqual({
    '1@g.us': {
      name: 'One',
      folder: 'one',
      providerConfig: { codex: { approvalPolicy: 'readonly' } },
    },
  });
});

test('all problems of a change are named, and nothing is changed', async () => {
  world.register({ '1@g.us': { name: 'One', folder: 'one' } });
  const { code, stderr } = await world.run(
    'groups',
    'set',
    'one',
    '--provider',
    'gpt',
    '--name',
    '',
  );
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Nothing was changed:\n {2}--name: .*\n {2}--provider: /);
  expect(stored()).toEqual({ '1@g.us': { name: 'One', folder: 'one' } });
});

test('a change without an option, and of a group that is not there, say what to do', async () => {
  world.register({ '1@g.us': { name: 'One', folder: 'one' } });
  const empty = await world.run('groups', 'set', 'one');
  expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining('Say what to change') });
  const unknown = await world.run('groups', 'set', 'two', '--main');
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('groups list') });
});

test('removing a group keeps its files and says which', async () => {
  await world.run('groups', 'add', '1@g.us', '--name', 'One');
  mkdirSync(world.paths.codexHome('one'), { recursive: true });
  const { code, stdout } = await world.run('groups', 'remove', 'one');
  expect(code).toBe(0);
  expect(stdout).toBe(
    'Removed "One" (1@g.us).\nIts files stay; delete them if nobody needs them:\n' +
      '  groups/one\n  data/codex/one\n',
  );
  expect(stored()).toEqual({});
  expect(existsSync(join(world.paths.groupFolder('one'), 'CLAUDE.md'))).toBe(true);
});

test('the list names registered groups, and known chats on demand', async () => {
  world.register({
    '1@g.us': { name: 'One', folder: 'one', provider: 'codex' },
    '2@g.us': { name: 'Two', folder: 'two', isMain: true },
  });
  knowChats(['1@g.us', 'One'], ['3@g.us', 'Evil\u001b[2J\u202e'], ['4@g.us', '']);
  const { stdout } = await world.run('groups', 'list', '--known');
  expect(stdout).toBe(`one  "One"
  codex, policy auto · answers to its name
  1@g.us
two  "Two"
  claude · answers every message · main group
  2@g.us

Seen, not registered:
3@g.us  "Evil\\u{1b}[2J\\u{202e}"
4@g.us  (no name yet)
`);
  const shape = z.strictObject({
    groups: z.array(registeredGroupSchema).length(2),
    known: z
      .array(
        z.strictObject({
          jid: z.string(),
          name: z.string(),
          isGroup: z.boolean(),
          lastMessageAt: z.number(),
        }),
      )
      .length(2),
  });
  shape.parse(JSON.parse((await world.run('groups', 'list', '--known', '--json')).stdout));
  const plain = z.strictObject({ groups: z.array(registeredGroupSchema).length(2) });
  plain.parse(JSON.parse((await world.run('groups', 'list', '--json')).stdout));
});

test('long and wide names do not make lines longer than 80 columns', async () => {
  world.register({
    '1@g.us': { name: 'x'.repeat(200), folder: 'f'.repeat(64), trigger: 't'.repeat(100) },
  });
  knowChats([`${'3'.repeat(30)}@g.us`, 'y'.repeat(200)]);
  const { stdout } = await world.run('groups', 'list', '--known');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('an empty list says how to get on', async () => {
  const { code, stdout } = await world.run('groups', 'list');
  expect(code).toBe(0);
  expect(stdout).toContain('deckhand groups add');
});

test('a broken file is never written over: every problem is named instead', async () => {
  world.register({ '1@g.us': { name: 'One', folder: 'one', providr: 'codex' }, '2@g.us': 7 });
  const before = stored();
  for (const args of [['list'], ['add', '3@g.us'], ['set', 'one', '--main'], ['remove', 'one']]) {
    const { code, stderr } = await world.run('groups', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain('1@g.us.providr: is not a known field');
    expect(stderr).toContain('2@g.us: must be an object');
  }
  expect(stored()).toEqual(before);
});

test('a database that cannot be read stands in the way only of what needs it', async () => {
  world.fill((db) => db.pragma('user_version = 1'));
  const { code, stderr } = await world.run('groups', 'list', '--known');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      'The database cannot be read: it is from an older version; ' +
      'run `deckhand start` once, which updates it.\n',
  });
  expect((await world.run('groups', 'list')).code).toBe(0);
  expect((await world.run('groups', 'add', '1@g.us', '--name', 'One')).code).toBe(0);
});

test('while a host runs, the command says that it follows', async () => {
  world.register({});
  using _host = acquireInstanceLock(world.paths.lock);
  const { stdout } = await world.run('groups', 'add', '1@g.us');
  expect(stdout).toContain('The running host follows by itself.');
});
