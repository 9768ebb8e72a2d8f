import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliWorld, createCliWorld } from './cli-world.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

test.for([
  [['grups'], /^Unknown command 'grups'\. Did you mean groups\?\nRun `deckhand --help` .*\n$/],
  [['groups', 'list', '--al'], /^Unknown option '--al'\.\nRun `deckhand groups list --help` .*\n$/],
  [
    ['groups', 'add'],
    /^Missing required argument 'chat'\.\nRun `deckhand groups add --help` .*\n$/,
  ],
  [['groups', 'add', '1@g.us', '--name'], /^Option '--name <name>' argument missing\.\n/],
  [['status', 'now'], /^Too many arguments for 'status'\. Expected 0 arguments but got 1: now\.\n/],
] as const)('%j is refused with what is wrong and where help is', async ([args, message]) => {
  const { code, stdout, stderr } = await world.run(...args);
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test('without a command the help is shown as a mistake', async () => {
  const { code, stderr } = await world.run();
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Usage: deckhand/);
});

test('help, version and registrations work with a broken .env', async () => {
  writeFileSync(join(world.home, '.env'), 'IDLE_TIMEOUT=soon\n');
  expect(await world.run('--version')).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  expect((await world.run('--help')).stdout).toContain('Exit codes:');
  expect((await world.run('groups', 'list')).code).toBe(0);
});

test('every help keeps to 80 columns', async () => {
  const commands = [[], ['groups'], ['groups', 'add'], ['groups', 'set'], ['status'], ['doctor']];
  for (const command of commands) {
    const { stdout } = await world.run(...command, '--help');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});

test('an argument cannot steer the terminal through the message about it', async () => {
  const { stderr } = await world.run('gr\u001b[2Jx');
  expect(stderr).toContain('gr\\u{1b}[2Jx');
  expect(stderr).not.toContain('\u001b');
});

test('an error that nobody expected is one sentence; the stack is there for who asks', async () => {
  const broken = {
    now: () => {
      throw new Error('the moon is full\nand low.');
    },
  };
  const plain = await world.runWith(broken, 'groups', 'add', '1@g.us');
  expect(plain).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Deckhand failed: the moon is full. Set LOG_LEVEL=debug to see where.\n',
  });
  world.environment['LOG_LEVEL'] = 'debug';
  expect((await world.runWith(broken, 'groups', 'add', '1@g.us')).stderr).toMatch(
    /Error: the moon is full\n.* at /s,
  );
});

test('an interrupted command says so by its exit code alone', async () => {
  const signal = AbortSignal.abort();
  const { code, stderr } = await world.runWith({ signal }, 'doctor');
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
});
