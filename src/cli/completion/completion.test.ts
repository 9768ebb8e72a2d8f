import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';

/** zsh and fish are not everywhere; bash is. */
function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
  world.register({
    '1@g.us': { name: 'One', folder: 'family' },
    '2@g.us': { name: 'Two', folder: 'football' },
  });
});
afterEach(() => world[Symbol.dispose]());

async function script(shell: string): Promise<string> {
  const { code, stdout, stderr } = await world.run('completion', shell);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const file = join(world.home, `completion.${shell}`);
  writeFileSync(file, stdout);
  return file;
}

function run(program: string, args: readonly string[]): string[] {
  const env = { PATH: process.env['PATH'], DECKHAND_HOME: world.home, HOME: world.home };
  const printed = execFileSync(program, args, { env, cwd: world.home, encoding: 'utf8' });
  return printed.split('\n').filter((line) => line !== '');
}

/** What bash offers at the end of a line; `=` is a word of its own to it. */
async function completeInBash(...words: string[]): Promise<string[]> {
  const driver = `
    source "$1"; shift
    [[ $(complete -p deckhand) == *'-F _deckhand deckhand' ]] || exit 1
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _deckhand
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', ['-c', driver, 'bash', await script('bash'), ...words]);
}

test.for([
  [['deckhand', 'gro'], ['groups']],
  [
    ['deckhand', 'groups', ''],
    ['add', 'list', 'set', 'remove', 'help'],
  ],
  [['deckhand', 'groups', 'l'], ['list']],
  [['deckhand', 'groups', 'help', 'r'], ['remove']],
  [['deckhand', 'groups', 'list', '--k'], ['--known']],
  [
    ['deckhand', 'service', 'logs', '-'],
    ['-f', '--follow', '-n', '--lines', '--name', '--json', '-h', '--help'],
  ],
  [
    ['deckhand', 'logout', 'c'],
    ['codex', 'claude'],
  ],
  [['deckhand', 'logout', 'codex', ''], []],
  [['deckhand', 'ask', '--provider', 'co'], ['codex']],
  [['deckhand', 'ask', '--provider', '=', 'co'], ['codex']],
  [['deckhand', 'ask', '--group', 'fa'], ['family']],
  [
    ['deckhand', 'ask', '--group', '='],
    ['family', 'football'],
  ],
  [['deckhand', 'ask', '--model', 'x', '--gr'], ['--group']],
  [
    ['deckhand', 'groups', 'set', ''],
    ['family', 'football'],
  ],
  [['deckhand', 'groups', 'set', 'foo'], ['football']],
  [['deckhand', 'groups', 'set', 'football', ''], []],
  [['deckhand', 'groups', 'set', '--name', 'remove', 'fo'], ['football']],
  [['deckhand', 'groups', 'set', '--main', 'fo'], ['football']],
  [
    ['deckhand', 'completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['deckhand', 'nonsense', 'gro'], []],
  [['deckhand', ''], expect.not.arrayContaining(['wait', 'run'])],
  [
    ['deckhand', 'service', ''],
    ['install', 'status', 'logs', 'uninstall', 'help'],
  ],
] as const)('bash completes %j with %j', async ([words, found]) => {
  expect(await completeInBash(...words)).toEqual(found);
});

test('bash completes files and folders where they belong', async () => {
  writeFileSync(join(world.home, 'my backup.tar.gz'), '');
  mkdirSync(join(world.home, 'my folder'));
  expect(await completeInBash('deckhand', 'restore', 'my')).toEqual([
    'my backup.tar.gz',
    'my folder',
  ]);
  expect(await completeInBash('deckhand', 'import', 'nanoclaw', 'my')).toEqual(['my folder']);
});

test.for(['absent', 'broken', 'odd'] as const)(
  'with %s registrations there are no groups to offer, and nothing is said',
  async (kind) => {
    if (kind === 'absent') world[Symbol.dispose]();
    if (kind === 'absent') world = createCliWorld();
    if (kind === 'broken') writeFileSync(world.paths.registrations, '{"1@g.us":');
    if (kind === 'odd') world.register({ a: null, b: 3, c: { folder: '$(touch x)' }, d: {} });
    expect(await completeInBash('deckhand', 'ask', '--group', '')).toEqual([]);
    expect(existsSync(join(world.home, 'x'))).toBe(false);
  },
);

test('every command of the help can be completed in bash, zsh and fish', async () => {
  const help = await world.run('--help');
  const names = [...help.stdout.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map((match) => match[1]);
  expect(names.length).toBeGreaterThan(10);
  expect(await completeInBash('deckhand', '')).toEqual(names);
  for (const shell of ['zsh', 'fish']) {
    const { stdout } = await world.run('completion', shell);
    for (const name of names) expect(stdout).toContain(`'deckhand ${name}'`);
  }
});

test.runIf(isInstalled('zsh'))('zsh finds no mistake in its script', async () => {
  expect(run('zsh', ['-n', await script('zsh')])).toEqual([]);
});

test.runIf(isInstalled('fish')).for([
  ['deckhand gro', ['groups']],
  ['deckhand groups set fo', ['football']],
  ['deckhand ask --group=fo', ['--group=football']],
  ['deckhand groups set --name remove fo', ['football']],
] as const)('fish completes %j with %j', async ([line, found]) => {
  const file = await script('fish');
  const offered = run('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`]);
  expect(offered.map((offer) => offer.split('\t')[0])).toEqual(found);
});

test('another shell is refused with those that there are', async () => {
  const { code, stderr } = await world.run('completion', 'csh');
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/bash, zsh, fish/),
  });
});
