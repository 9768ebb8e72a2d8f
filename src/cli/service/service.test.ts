import { mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';
import { contextOf } from '../context.fixture.ts';
import { startEngine } from '../docker-engine.fixture.ts';
import { createFakePrograms, type FakePrograms } from './fake-programs.fixture.ts';
import { installService } from './install.ts';
import { superviseStart } from './supervise.ts';
import { parseSystemdState } from './systemd-state.ts';
import { waitForDocker } from './wait-for-docker.ts';

/** As systemctl(1) answers a manager that has no such unit. */
const FAKE_SYSTEMCTL = `
case "$*" in
  *Version*) echo 'Version=255.4-1' ;;
  *LoadState*) echo 'LoadState=not-found'; echo 'ActiveState=inactive' ;;
esac`;

let world: CliWorld;
let programs: FakePrograms;
beforeEach(() => {
  world = createCliWorld();
  mkdirSync(world.paths.data);
  programs = createFakePrograms(world.home);
  Object.assign(world.environment, { PATH: programs.searchPath, HOME: world.home });
});
afterEach(() => world[Symbol.dispose]());

test('without systemd one sentence says how to run the host', async () => {
  world.environment['PATH'] = join(world.home, 'bin');
  expect(await world.run('service', 'install')).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^This system has no systemd, .* `npx deckhand start`.*\.\n$/),
  });
});

test.for([
  'Failed to connect to bus: No medium found',
  'Failed to connect to user scope bus via local transport: $DBUS_SESSION_BUS_ADDRESS not defined',
])('a manager that does not answer (%s) is told with what to do', async (words) => {
  programs.add('systemctl', `echo '${words}' >&2; exit 1`);
  for (const command of ['install', 'status']) {
    const { code, stdout, stderr } = await world.run('service', command);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/cannot be reached \(Failed .*\)\. Log in .*enable-linger.*\n$/);
  }
});

test('an installation that does not start yet is enabled, and says what a service does not see', async () => {
  programs.add('systemctl', FAKE_SYSTEMCTL);
  programs.add('loginctl', 'echo Linger=no');
  world.environment['OPENAI_API_KEY'] = 'sk-not-shown';
  const { code, stdout, stderr } = await world.run('service', 'install', '--no-start');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Installed deckhand-[0-9a-f]{8}:\n {2}\S+\.service\n/);
  expect(stdout).toContain('$ loginctl enable-linger');
  expect(stdout).toContain('in this shell alone: OPENAI_API_KEY,\nDOCKER_HOST.');
  const unit = readFileSync(/ {2}(\S+\.service)\n/.exec(stdout)?.[1] ?? '', 'utf8');
  expect(`${stdout}${unit}`).not.toContain('sk-not-shown');
  expect(unit).toContain('RestartSteps=8');
  expect(programs.calls().filter((call) => call.includes('restart'))).toEqual([]);
});

test('a name that is none is refused', async () => {
  programs.add('systemctl', FAKE_SYSTEMCTL);
  const { code, stderr } = await world.run('service', 'install', '--name', '../evil');
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^A service’s name/) });
});

test('on another kind of system the sentence says what works there', async () => {
  const machine = { platform: 'win32', patienceMs: 1 } as const;
  await expect(installService(contextOf(world), {}, machine)).rejects.toThrow('use WSL');
});

test('logs ask the journal for this unit alone, and cannot steer the terminal', async () => {
  programs.add('journalctl', 'printf "first\\nsec\\033[2Jond"');
  const { code, stdout } = await world.run('service', 'logs', '-n', '5');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'first\nsec\\u{1b}[2Jond\n' });
  expect(programs.calls()[0]).toMatch(
    /^journalctl --user --unit=deckhand-[0-9a-f]{8}\.service --no-pager --quiet --output=short-iso --lines=5$/,
  );
  expect((await world.run('service', 'logs', '-n', 'many')).code).toBe(2);
});

test('a database that is damaged does not keep the service from being installed', async () => {
  programs.add('systemctl', FAKE_SYSTEMCTL);
  programs.add('loginctl', 'echo Linger=yes');
  writeFileSync(world.paths.database, 'no database');
  const { code, stdout, stderr } = await world.run('service', 'install');
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toMatch(/^Installed deckhand-[0-9a-f]{8}:\n {2}.+\nThe service is not loaded\.\n/);
});

test('a journal that cannot be shown is told with its reason', async () => {
  programs.add('journalctl', 'echo "No journal files were found." >&2; exit 1');
  expect(await world.run('service', 'logs')).toEqual({
    code: 1,
    stdout: '',
    stderr: '`journalctl` could not show the log: No journal files were found.\n',
  });
});

test('an empty journal is said, not shown as success without a word', async () => {
  programs.add('journalctl', '');
  const { code, stdout, stderr } = await world.run('service', 'logs');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toMatch(/has written nothing yet/);
});

test('a follower of the log ends with Ctrl-C', async () => {
  programs.add('journalctl', 'echo shown; exec sleep 1000');
  const stop = new AbortController();
  const stdout = () => stop.abort();
  expect(
    await world.runWith({ signal: stop.signal, stdout }, 'service', 'logs', '-f'),
  ).toMatchObject({
    code: 130,
    stderr: '',
  });
});

test.for([
  ['LoadState=not-found\nActiveState=inactive', { status: 'unknown' }],
  [
    'LoadState=loaded\nActiveState=active\nMainPID=7\nNRestarts=2\nExecMainCode=0\nExecMainStatus=0',
    { status: 'running', pid: 7, restarts: 2 },
  ],
  [
    'LoadState=loaded\nActiveState=activating\nNRestarts=1\nExecMainCode=1\nExecMainStatus=1',
    { status: 'starting', exitCode: 1, restarts: 1 },
  ],
  [
    'LoadState=loaded\nActiveState=failed\nNRestarts=0\nExecMainCode=2\nExecMainStatus=9',
    { status: 'failed' },
  ],
  [
    'LoadState=loaded\nActiveState=inactive\nExecMainCode=1\nExecMainStatus=0',
    { status: 'stopped', exitCode: 0 },
  ],
] as const)('systemd saying %j means %j', ([text, state]) => {
  expect(parseSystemdState(text)).toEqual(state);
});

test('the start waits until Docker answers, and not at all with a configuration that needs it not', async () => {
  const said: string[] = [];
  const context = { ...contextOf(world), stderr: (text: string) => void said.push(text) };
  await waitForDocker(context, 1);
  expect(said).toEqual(['Docker does not answer yet; waiting for it.\n']);
  said.length = 0;
  const socket = join(world.home, 'docker.sock');
  await using _engine = await startEngine(socket, {});
  world.environment['DOCKER_HOST'] = `unix://${socket}`;
  await waitForDocker(context);
  world.environment['DOCKER_HOST'] = 'unix:///nowhere';
  world.environment['DECKHAND_RUNTIME'] = 'process';
  await waitForDocker(context);
  world.environment['DECKHAND_RUNTIME'] = 'nonsense';
  await waitForDocker(context);
  expect(said).toEqual([]);
});

test.for([
  [0, 0],
  [1, 1],
  [2, 0],
  [3, 0],
  [4, 0],
  [9, 1],
] as const)('for launchd an end with code %i counts as %i', async ([code, counted]) => {
  const projectRoot = mkdtempSync(join(tmpdir(), 'deckhand-supervised-'));
  mkdirSync(join(projectRoot, 'bin'));
  writeFileSync(join(projectRoot, 'bin', 'deckhand.js'), `process.exitCode = ${code};`);
  expect(await superviseStart({ ...contextOf(world), projectRoot }, [])).toBe(counted);
  rmSync(projectRoot, { recursive: true });
});

test('a stop of launchd reaches the host', async () => {
  const projectRoot = mkdtempSync(join(tmpdir(), 'deckhand-supervised-'));
  mkdirSync(join(projectRoot, 'bin'));
  const ready = join(projectRoot, 'ready');
  mkdirSync(ready);
  writeFileSync(
    join(projectRoot, 'bin', 'deckhand.js'),
    `const { rmdirSync } = await import('node:fs');
    const timer = setInterval(() => undefined, 1000);
    process.on('SIGTERM', () => { clearInterval(timer); process.exitCode = 1; });
    rmdirSync(${JSON.stringify(ready)});`,
  );
  writeFileSync(join(projectRoot, 'package.json'), '{"type":"module"}');
  const stop = new AbortController();
  const watcher = watch(projectRoot, () => stop.abort());
  const end = superviseStart({ ...contextOf(world), projectRoot, signal: stop.signal }, []);
  expect(await end).toBe(0);
  watcher.close();
  rmSync(projectRoot, { recursive: true });
});
