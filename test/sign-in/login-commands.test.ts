import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { createContainerAuth } from '../../src/credentials/container-auth.ts';
import { decideInBrowser } from '../loopback/oauth/browser.ts';
import { homeOf, loginInBrowser, register } from './login-actions.ts';
import { startLoginWorld } from './login-world.ts';

const KEY = `sk-proj-${'k'.repeat(40)}`;
const CLAUDE_KEY = `sk-ant-api03-${'c'.repeat(40)}`;
const CLAUDE_TOKEN = `sk-ant-oat01-${'t'.repeat(40)}`;

const piped = (text: string) => ({ stdin: Readable.from([text]) });

test('login, status, logout removes the credentials', async () => {
  await using world = await startLoginWorld();
  register(world);
  const login = await loginInBrowser(world);
  expect(login).toMatchObject({ code: 0, stderr: '' });
  expect(login.stdout).toContain('Signed in with ChatGPT as person@example.com (plan plus).');
  expect(login.stdout).toContain('groups ask openai-codex/gpt-5.3-codex, then');
  const { accessToken, refreshToken } = JSON.parse(world.stored('openai-codex.json') ?? '');
  const auth = homeOf(world, 'family');
  await createContainerAuth(auth.deps).publish('family', {
    accessToken,
    idToken: accessToken,
    accountId: 'acct',
  });

  const status = await world.cli.run('login', 'status');
  expect(status).toMatchObject({ code: 0, stderr: '' });
  expect(status.stdout).toContain('used by family, work');

  expect(await world.cli.run('logout', 'codex')).toEqual({
    code: 0,
    stdout:
      'The ChatGPT sign-in is ended and removed.\n' +
      'The default models of the sign-in no longer count.\n',
    stderr: '',
  });
  expect(world.stored('openai-codex.json')).toBeUndefined();
  expect(await auth.read()).toBeUndefined();
  expect(world.server.isAccessTokenLive(accessToken)).toBe(false);
  expect((await world.cli.run('login', 'status')).code).toBe(3);
  for (const secret of [accessToken, refreshToken]) {
    expect(login.stdout + status.stdout).not.toContain(secret);
  }
});

test('a sign-in for one group is its own, and logging out of it leaves the others', async () => {
  await using world = await startLoginWorld();
  register(world);
  await loginInBrowser(world);
  const { stdout, code } = await loginInBrowser(world, ['--group', 'family']);
  expect({ stdout, code }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('for the group family alone'),
  });
  const { stdout: json } = await world.cli.run('login', 'status', '--json');
  expect(JSON.parse(json)).toMatchObject({
    profiles: [{ provider: 'openai-codex' }, { provider: 'openai-codex', folder: 'family' }],
    groups: [
      { folder: 'family', uses: [{ from: 'profile', folder: 'family' }] },
      { folder: 'work', uses: [{ from: 'profile', provider: 'openai-codex' }] },
    ],
  });
  await world.cli.run('logout', 'codex');
  expect(world.stored('groups/family/openai-codex.json')).toBeDefined();
  expect((await world.cli.run('login', 'status')).stdout).toContain(
    'The group work cannot sign in',
  );
  await world.cli.run('logout', 'codex', '--group', 'family');
  expect(world.stored('groups/family/openai-codex.json')).toBeUndefined();
});

test('a person who says no leaves everything as it was', async () => {
  await using world = await startLoginWorld();
  const { code, stderr } = await loginInBrowser(world, [], 'deny');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The sign-in was cancelled or not allowed .*\. Sign in again.*\n$/);
  expect(world.stored('openai-codex.json')).toBeUndefined();
});

test('an interrupted sign-in says so and changes nothing', async () => {
  await using world = await startLoginWorld();
  const stop = new AbortController();
  const { code, stderr } = await world.cli.runWith(
    { signal: stop.signal, stdout: () => stop.abort() },
    'login',
    'codex',
    '--no-browser',
  );
  expect({ code, stderr }).toEqual({
    code: 130,
    stderr: 'Stopped before anybody had signed in. Nothing was changed.\n',
  });
});

test('a pasted address signs in', async () => {
  await using world = await startLoginWorld();
  const pasted = new Readable({ read: () => undefined });
  const onText = (text: string) => {
    const url = /^http\S+authorize\S+$/m.exec(text)?.[0];
    if (url === undefined) return;
    pasted.push('nonsense with spaces\n');
    void decideInBrowser(url).then((back) => pasted.push(`${back.href}\n`));
  };
  const { code, stderr } = await world.cli.runWith(
    { stdout: onText, stdin: pasted },
    'login',
    'codex',
    '--paste',
  );
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'The answer holds no code. Paste the whole address.\n',
  });
  expect(world.stored('openai-codex.json')).toContain('"source": "paste"');
});

test('a key for OpenAI lands in its own profile and leaves the ChatGPT sign-in untouched', async () => {
  await using world = await startLoginWorld();
  await loginInBrowser(world);
  const before = world.stored('openai-codex.json');
  const { code, stdout, stderr } = await world.cli.runWith(
    piped(`${KEY}\n`),
    'login',
    'codex',
    '--api-key',
  );
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: 'The API key for OpenAI is stored.\n',
    stderr: '',
  });
  expect(world.stored('openai.json')).toContain(KEY);
  expect(world.stored('openai-codex.json')).toBe(before);
  await world.cli.run('logout', 'openai');
  expect(world.stored('openai.json')).toBeUndefined();
  expect(world.stored('openai-codex.json')).toBe(before);
});

test.each([
  [CLAUDE_KEY, [], 'api_key', 'API key'],
  [CLAUDE_TOKEN, [], 'claude_token', 'token'],
  [CLAUDE_TOKEN, ['--token'], 'claude_token', 'token'],
])('%j is stored for Claude as what it is', async (secret, options, kind, name) => {
  await using world = await startLoginWorld();
  world.cli.register({ '1@g.us': { name: 'A', folder: 'a' } });
  const login = await world.cli.runWith(piped(secret), 'login', 'claude', ...options);
  expect(login).toEqual({ code: 0, stdout: `The ${name} for Claude is stored.\n`, stderr: '' });
  expect(JSON.parse(world.stored('anthropic.json') ?? '')).toMatchObject({ kind });
  const status = await world.cli.run('login', 'status');
  expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining('used by a') });
  expect(status.stdout).not.toContain(secret);
  await world.cli.run('logout', 'claude');
  expect(world.stored('anthropic.json')).toBeUndefined();
});

test.each([
  ['', ['claude'], 'Nothing came on standard input'],
  [' \n', ['claude'], 'Nothing came on standard input'],
  [`${CLAUDE_KEY}\n${CLAUDE_KEY}\n`, ['claude'], 'line break'],
  [KEY, ['claude'], 'deckhand login codex --api-key'],
  [CLAUDE_KEY, ['codex', '--api-key'], 'deckhand login claude'],
  [CLAUDE_KEY, ['claude', '--token'], 'use --api-key'],
  ['x'.repeat(20_000), ['claude'], 'too long'],
])('of the input %j nothing is stored for %j', async (text, args, hint) => {
  await using world = await startLoginWorld();
  const { code, stdout, stderr } = await world.cli.runWith(piped(text), 'login', ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(hint);
  for (const secret of [KEY, CLAUDE_KEY]) expect(stderr).not.toContain(secret);
  expect(world.stored('anthropic.json') ?? world.stored('openai.json')).toBeUndefined();
});

test.each([
  [['codex', '--device', '--paste'], '--device'],
  [['codex', '--api-key', '--import'], '--import'],
  [['codex', '--api-key', '--group', 'family'], 'leave --group out'],
  [['codex', '--group', 'nobody'], 'No registered group'],
  [['claude', '--api-key', '--token'], '--token'],
])('%j is refused as a mistake', async (args, hint) => {
  await using world = await startLoginWorld();
  const { code, stderr } = await world.cli.run('login', ...args);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(hint) });
});

test('variables that win over what is stored are named', async () => {
  await using world = await startLoginWorld();
  world.cli.register({ '1@g.us': { name: 'A', folder: 'a' } });
  world.cli.environment['ANTHROPIC_API_KEY'] = CLAUDE_KEY;
  const login = await world.cli.runWith(piped(CLAUDE_TOKEN), 'login', 'claude');
  expect(login.stdout).toContain('not used as long as ANTHROPIC_API_KEY is set');
  const { code, stdout } = await world.cli.run('login', 'status');
  expect(code).toBe(0);
  expect(stdout).toContain('not used: ANTHROPIC_API_KEY is set');
  expect(stdout).toContain('used by a');
  expect((await world.cli.run('logout', 'claude')).stdout).toContain('is used as before');
});

test('every help keeps to 80 columns', async () => {
  await using world = await startLoginWorld();
  for (const command of [
    ['login'],
    ['login', 'codex'],
    ['login', 'claude'],
    ['login', 'status'],
    ['logout'],
  ]) {
    const { stdout } = await world.cli.run(...command, '--help');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});
