import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../docker/engine.ts';
import { RunningCommand } from '../e2e/commands.ts';
import { decideInBrowser } from '../loopback/oauth/browser.ts';
import { type LoginWorld, startLoginWorld } from './login-world.ts';

const KEY = `sk-ant-api03-${'c'.repeat(40)}`;
const URL_LINE = /^http:.*\/oauth\/authorize\?/;

/** The real clock: the program has no other. */
const startWorld = (options = {}) => startLoginWorld({ now: Date.now, ...options });

function start({ cli }: LoginWorld, args: readonly string[], options = {}): RunningCommand {
  const env = { PATH: process.env['PATH'], ...cli.environment };
  return new RunningCommand(args, env, options);
}

/** A desktop whose program for addresses does what a person does, and comes back. */
function installDesktop({ cli }: LoginWorld): string {
  const folder = join(cli.home, 'bin');
  mkdirSync(folder);
  const browser = new URL('../loopback/oauth/browser.ts', import.meta.url).href;
  const script = `import(${JSON.stringify(browser)})
    .then(({ decideInBrowser }) => decideInBrowser(process.argv.at(-1)))
    .then((back) => fetch(back));`;
  writeFileSync(join(folder, 'person.js'), script);
  const opener = `#!/bin/sh\nexec "${process.execPath}" "${join(folder, 'person.js')}" "$@"\n`;
  writeFileSync(join(folder, 'xdg-open'), opener);
  chmodSync(join(folder, 'xdg-open'), 0o755);
  return folder;
}

test('the program opens the address on the desktop and ends when the person is back', async () => {
  await using world = await startWorld();
  world.cli.environment['PATH'] = `${installDesktop(world)}:${process.env['PATH']}`;
  await using login = start(world, ['login', 'codex']);
  expect(await login.ended).toMatchObject({ code: 0, stderr: '' });
  expect(world.stored('openai-codex.json')).toContain('"source": "browser"');
});

test('a machine without a desktop prints the address all the same', async () => {
  await using world = await startWorld();
  world.cli.environment['PATH'] = world.cli.home;
  await using login = start(world, ['login', 'codex']);
  const url = await login.waitForLine(URL_LINE);
  await fetch(await decideInBrowser(url));
  expect(await login.ended).toMatchObject({ code: 0, stderr: '' });
});

test('a second sign-in at the same time says that the port is taken and what to do', async () => {
  await using world = await startWorld();
  await using first = start(world, ['login', 'codex', '--no-browser']);
  const url = await first.waitForLine(URL_LINE);
  await using second = start(world, ['login', 'codex', '--no-browser']);
  expect(await second.ended).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^Another program listens on port \d+ .*--device or --paste\.\n$/,
    ),
  });
  await fetch(await decideInBrowser(url));
  expect(await first.ended).toMatchObject({ code: 0 });
});

test('signing in by a code prints link and code, and no secret', async () => {
  await using world = await startWorld({ pollIntervalS: 1 });
  await using login = start(world, ['login', 'codex', '--device']);
  const code = (await login.waitForLine(/^ {2}[A-Z]{4}-[A-Z]{5}$/)).trim();
  expect(world.server.approveUserCode(code)).toBe(true);
  const { code: exit, stdout, stderr } = await login.ended;
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout).toContain(`${world.server.origin}/codex/device`);
  const { accessToken, refreshToken, idToken } = JSON.parse(
    world.stored('openai-codex.json') ?? '',
  );
  for (const secret of [accessToken, refreshToken, idToken]) expect(stdout).not.toContain(secret);
});

test.each([
  [['login', 'codex', '--no-browser'], URL_LINE],
  [['login', 'codex', '--device'], /^ {2}[A-Z]{4}-[A-Z]{5}$/],
  [['login', 'codex', '--paste'], /Paste its address here/],
])('Ctrl-C ends %j with nothing half written', async (args, waiting) => {
  await using world = await startWorld();
  await using login = start(world, args, { hasInput: true });
  await login.waitForLine(waiting);
  login.kill('SIGINT');
  expect(await login.ended).toMatchObject({
    code: 130,
    stderr: 'Stopped before anybody had signed in. Nothing was changed.\n',
  });
  expect(world.stored('openai-codex.json')).toBeUndefined();
});

test('an input that stays open does not keep the program from ending', async () => {
  await using world = await startWorld();
  await using login = start(world, ['login', 'codex', '--paste'], { hasInput: true });
  const url = await login.waitForLine(URL_LINE);
  await login.write(`${(await decideInBrowser(url)).href}\n`);
  expect(await login.ended).toMatchObject({ code: 0, stderr: '' });
  expect(world.stored('openai-codex.json')).toContain('"source": "paste"');
});

test('the sign-in of the Codex CLI is found in the home of the person', async () => {
  await using world = await startWorld();
  const { idToken, accessToken, refreshToken } = world.server.issueSignIn();
  const home = join(world.cli.home, 'person');
  mkdirSync(join(home, '.codex'), { recursive: true });
  const tokens = { id_token: idToken, access_token: accessToken, refresh_token: refreshToken };
  writeFileSync(join(home, '.codex', 'auth.json'), JSON.stringify({ tokens }), { mode: 0o600 });
  world.cli.environment['HOME'] = home;
  await using login = start(world, ['login', 'codex', '--import']);
  const { code, stdout, stderr } = await login.ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^Codex and Deckhand now share one refresh token.*`deckhand login codex`\.\n$/,
  );
  expect(stdout + stderr).not.toContain(refreshToken);
  expect(world.stored('openai-codex.json')).toContain('"source": "import"');
});

/** Runs a command at a terminal of its own, types when it asks, and gives all that the terminal has shown. */
async function typeAtTerminal({ cli }: LoginWorld, args: string, typed: string) {
  const main = join(projectRoot, 'src', 'main.ts');
  const command = `"${process.execPath}" "${main}" ${args}`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], ...cli.environment },
  });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const hasAsked = shown.includes('not shown): ');
    shown += chunk.toString();
    if (!hasAsked && shown.includes('not shown): ')) child.stdin.write(typed);
  });
  await once(child, 'close');
  return { code: child.exitCode, shown };
}

test('a key that is typed at a terminal is not shown, and can be corrected', async () => {
  await using world = await startWorld();
  const { code, shown } = await typeAtTerminal(world, 'login claude', `${KEY}xx\u007f\u007f\r`);
  expect(code).toBe(0);
  expect(shown).not.toContain('sk-ant');
  expect(shown).toContain('The API key for Claude is stored.');
  expect(JSON.parse(world.stored('anthropic.json') ?? '')).toMatchObject({ key: KEY });
});

test('Ctrl-C at the prompt for a key changes nothing', async () => {
  await using world = await startWorld();
  const { code, shown } = await typeAtTerminal(world, 'login claude', `${KEY}\u0003`);
  expect(code).toBe(130);
  expect(shown).toContain('Nothing was changed.');
  expect(shown).not.toContain('sk-ant');
  expect(world.stored('anthropic.json')).toBeUndefined();
});
