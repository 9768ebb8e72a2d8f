import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliWorld, createCliWorld, linkAccount } from '../cli-world.fixture.ts';
import { startEngine } from '../docker-engine.fixture.ts';

const KEY = `sk-ant-api03-${'c'.repeat(40)}`;
const MAIN = { '4915112345678@s.whatsapp.net': { name: 'Main', folder: 'main', isMain: true } };

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
  world.environment['DECKHAND_RUNTIME'] = 'process';
  world.environment['WHATSAPP_URL'] = 'ws://127.0.0.1:9';
  world.environment['ANTHROPIC_BASE_URL'] = 'http://127.0.0.1:9';
});
afterEach(() => world[Symbol.dispose]());

const events = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const mode = (path: string) => statSync(path).mode & 0o777;

/** Everything done up to the step. */
function prepareUntil(step: 'provider' | 'link' | 'main' | 'group' | 'test'): void {
  const order = ['provider', 'link', 'main', 'group', 'test'];
  const reached = order.indexOf(step);
  if (reached > 0) world.environment['ANTHROPIC_API_KEY'] = KEY;
  if (reached > 1) world.fill((db) => linkAccount(db));
  if (reached > 2) world.register(MAIN);
}

test.each([
  ['provider', '--provider <provider>'],
  ['link', '--qr or --phone <number>'],
] as const)('without a terminal the step %s says which option answers it', async (step, flag) => {
  prepareUntil(step);
  const { code, stderr } = await world.run('setup');
  expect(code).toBe(3);
  expect(stderr).toContain(flag);
  expect(stderr).toContain('Run `deckhand setup` again: it goes on here.');
});

test('a provider without a way to sign in says which options there are', async () => {
  const claude = await world.run('setup', '--provider', 'claude');
  expect(claude).toMatchObject({ code: 3, stderr: expect.stringContaining('--api-key-stdin') });
  const codex = await world.run('setup', '--provider', 'codex');
  expect(codex).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/--browser, --device or --import/),
  });
});

test('--yes does not choose whose account is used', async () => {
  expect(await world.run('setup', '--yes')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('--provider <provider>'),
  });
});

test('with --json nothing is asked, even where answers would come', async () => {
  const stdin = Readable.from(['1\n', `${KEY}\n`]);
  const { code, stdout } = await world.runWith({ stdin, isStdinTty: true }, 'setup', '--json');
  expect(code).toBe(3);
  expect(events(stdout).at(-1)).toMatchObject({
    event: 'step',
    step: 'provider',
    status: 'failed',
    detail: expect.stringContaining('--provider'),
  });
});

test('every step is told at its beginning and at its end, and text for people stays off the output', async () => {
  const { stdout } = await world.run('setup', '--json');
  expect(events(stdout).slice(0, 4)).toMatchObject([
    { event: 'step', step: 'machine', status: 'started' },
    { event: 'step', step: 'machine', status: 'ready' },
    { event: 'step', step: 'docker', status: 'started' },
    { event: 'step', step: 'docker', status: 'ready' },
  ]);
});

test('answers may come from a pipe, and the key is not repeated', async () => {
  const stdin = Readable.from([`nonsense\n1\n${KEY}\n`]);
  const { stdout, stderr } = await world.runWith({ stdin }, 'setup');
  expect(stdout).toContain('Please type a number from 1 to 3');
  expect(stdout).toContain('claude answers');
  expect(stdout + stderr).not.toContain(KEY);
  const stored = readFileSync(join(world.paths.credentials, 'anthropic.json'), 'utf8');
  expect(JSON.parse(stored)).toMatchObject({ key: KEY });
});

test('--api-key-stdin takes all of standard input as the key', async () => {
  const stdin = Readable.from([`${KEY}\n`]);
  const args = ['setup', '--provider', 'claude', '--api-key-stdin'];
  const { stdout } = await world.runWith({ stdin }, ...args);
  expect(stdout).toContain('The API key for Claude is stored.');
});

test('a key that cannot be one is refused, and the next run asks again', async () => {
  const args = ['setup', '--provider', 'claude', '--api-key-stdin'];
  const wrong = await world.runWith(
    { stdin: Readable.from(['sk-proj-0123456789abcdef01\n']) },
    ...args,
  );
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('key of OpenAI') });
  const right = await world.runWith({ stdin: Readable.from([KEY]) }, ...args);
  expect(right.stdout).toContain('claude answers');
});

test('what is signed in already is not asked for, unless it is of another provider', async () => {
  prepareUntil('link');
  const { stdout, stderr } = await world.run('setup');
  expect(stdout).toContain('signed in by ANTHROPIC_API_KEY');
  expect(stderr).toContain('--qr');
  expect((await world.run('setup', '--provider', 'codex')).stderr).toContain('--device');
});

test('a sign-in put into the home of the main group counts', async () => {
  const home = world.paths.codexHome('main');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, 'auth.json'),
    JSON.stringify({ OPENAI_API_KEY: `sk-${'o'.repeat(40)}` }),
    {
      mode: 0o600,
    },
  );
  const { stdout } = await world.run('setup', '--provider', 'codex');
  expect(stdout).toContain('a sign-in in the home of the group main');
});

test('settings and folders are made for this user alone, from the template', async () => {
  await world.run('setup');
  const dotEnv = join(world.home, '.env');
  expect(readFileSync(dotEnv, 'utf8')).toContain('# ASSISTANT_NAME=');
  expect([mode(dotEnv), mode(world.paths.data)]).toEqual([0o600, 0o700]);
});

test('settings that are there stay, and are closed to other users', async () => {
  const dotEnv = join(world.home, '.env');
  writeFileSync(dotEnv, 'ASSISTANT_NAME=Jeeves\n', { mode: 0o644 });
  mkdirSync(world.paths.data, { mode: 0o755 });
  const first = await world.run('setup');
  expect(first.stdout).toMatch(/folders: done/);
  expect(readFileSync(dotEnv, 'utf8')).toBe('ASSISTANT_NAME=Jeeves\n');
  expect([mode(dotEnv), mode(world.paths.data)]).toEqual([0o600, 0o700]);
  expect((await world.run('setup')).stdout).toMatch(/folders: ok/);
});

test('settings that cannot be used are named at the first step', async () => {
  writeFileSync(join(world.home, '.env'), 'IDLE_TIMEOUT=soon\n');
  expect(await world.run('setup')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('IDLE_TIMEOUT'),
  });
});

test('a folder that cannot be made says what to do', async () => {
  writeFileSync(world.paths.data, 'not a folder');
  const { code, stderr } = await world.run('setup');
  expect(code).toBe(3);
  expect(stderr).toMatch(/cannot write to .*DECKHAND_HOME/s);
});

test('without an engine the person is told how to get one, and a later run goes on', async () => {
  world.environment['DECKHAND_RUNTIME'] = 'docker';
  const without = await world.run('setup');
  expect(without).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('Start the engine at'),
  });
  await using _engine = await startEngine(join(world.home, 'no-docker.sock'), { imageLabels: {} });
  const { stdout, stderr } = await world.run('setup');
  expect(stdout).toContain('engine 27.0.1 answers');
  expect(stdout).toContain('was built by somebody else');
  expect(stderr).toContain('--provider');
});

test('a person is asked to try again, and may leave', async () => {
  world.environment['DECKHAND_RUNTIME'] = 'docker';
  const stdin = Readable.from(['\n', 'q\n']);
  const { code, stdout, stderr } = await world.runWith({ stdin, isStdinTty: true }, 'setup');
  expect(code).toBe(3);
  expect(stdout.match(/docker: failed/g)).toHaveLength(2);
  expect(stderr).toContain('Press Enter to try again');
});

test('--skip leaves a step out and says so', async () => {
  world.environment['DECKHAND_RUNTIME'] = 'docker';
  const { stdout, stderr } = await world.run('setup', '--skip', 'docker', '--skip', 'image');
  expect(stdout).toMatch(/docker: left out/);
  expect(stdout).toMatch(/image: left out/);
  expect(stderr).toContain('--provider');
});

test('--force-step does a step again that is done', async () => {
  await world.run('setup');
  const { stdout } = await world.run('setup', '--force-step', 'folders');
  expect(stdout).toMatch(/folders: done/);
});

test.each([
  [['--skip', 'dock'], 'The steps are machine, docker'],
  [['--force-step', 'x'], 'The steps are machine, docker'],
  [['--provider', 'gpt'], 'claude, codex, responses'],
  [['--qr', '--phone', '1'], 'cannot be used with'],
  [['--device', '--import'], 'cannot be used with'],
])('%j is refused with what there is', async (args, sentence) => {
  const { code, stderr } = await world.run('setup', ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});

test('a phone number that cannot be one is refused before anything is asked of WhatsApp', async () => {
  prepareUntil('link');
  const { code, stderr } = await world.run('setup', '--phone', '0151 234567');
  expect(code).toBe(2);
  expect(stderr).toContain('--phone: write the number with its country code');
});

test('nothing shown is wider than 80 columns, and there are no colours without a terminal', async () => {
  const stdin = Readable.from(['1\n', `${KEY}\n`, '2\n', 'abc\n']);
  const { stdout } = await world.runWith({ stdin }, 'setup');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(stdout).not.toContain('\u001b');
});

test('colours are for terminals, and NO_COLOR switches them off', async () => {
  const coloured = await world.runWith({ isTty: true }, 'setup');
  expect(coloured.stdout).toContain('\u001b[32mok');
  world.environment['NO_COLOR'] = '1';
  const plain = await world.runWith({ isTty: true }, 'setup');
  expect(plain.stdout).not.toContain('\u001b');
});
