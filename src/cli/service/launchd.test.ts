import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireInstanceLock } from '../../db/instance-lock.ts';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';
import { contextOf } from '../context.fixture.ts';
import { createFakePrograms, FAKE_LAUNCHCTL, type FakePrograms } from './fake-programs.fixture.ts';
import { installService } from './install.ts';
import { printLogs } from './logs-command.ts';
import { readServiceStatus } from './status-command.ts';
import { uninstallService } from './uninstall-command.ts';

const MAC = { platform: 'darwin', patienceMs: 1 } as const;
const RUNNING = 'gui/0/x = {\n\tstate = running\n\truns = 3\n\tpid = 4711\n\tlast exit code = 1\n}';
const ENDED = 'gui/0/x = {\n\tstate = not running\n\truns = 1\n\tlast exit code = 0\n}';

let world: CliWorld;
let programs: FakePrograms;
beforeEach(() => {
  world = createCliWorld();
  mkdirSync(world.paths.data);
  programs = createFakePrograms(world.home);
  programs.add('launchctl', FAKE_LAUNCHCTL);
  Object.assign(world.environment, { PATH: programs.searchPath, HOME: world.home });
  launchdSays(RUNNING);
});
afterEach(() => world[Symbol.dispose]());

function launchdSays(printed: string): void {
  writeFileSync(join(world.home, 'printed'), printed);
}

test('an agent is written, loaded and found running', async () => {
  const { name, path, change, state } = await installService(contextOf(world), {}, MAC);
  expect(path).toBe(join(world.home, 'Library', 'LaunchAgents', `${name}.plist`));
  expect(change).toBe('created');
  expect(state).toEqual({ status: 'starting' });
  expect(programs.calls()).toContain(`launchctl bootstrap gui/${process.getuid?.()} ${path}`);
  expect(readFileSync(join(world.home, 'loaded'), 'utf8')).toBe(readFileSync(path, 'utf8'));
  expect(await readServiceStatus(contextOf(world), undefined, 'darwin')).toMatchObject({
    isInstalled: true,
    state: { status: 'running', pid: 4711, restarts: 2 },
  });
});

test('installing again does not load it again; another definition does', async () => {
  await installService(contextOf(world), {}, MAC);
  const before = programs.calls().filter((call) => call.includes('bootstrap'));
  const again = await installService(contextOf(world), {}, MAC);
  expect(again.change).toBe('unchanged');
  const changed = await installService(contextOf(world), { console: true }, MAC);
  expect(changed).toMatchObject({
    change: 'updated',
    changes: ['+     <string>--console</string>'],
  });
  const bootstraps = programs.calls().filter((call) => call.includes('bootstrap'));
  expect(bootstraps).toHaveLength(before.length + 1);
});

test('a host that holds its lock is running', async () => {
  using _lock = acquireInstanceLock(world.paths.lock);
  await expect(installService(contextOf(world), {}, MAC)).rejects.toThrow(
    'A host is running that this service did not start.',
  );
  await expect(readServiceStatus(contextOf(world), undefined, 'darwin')).resolves.toMatchObject({
    isInstalled: false,
    isHostRunning: true,
  });
});

test('an agent that ended is stopped', async () => {
  await installService(contextOf(world), {}, MAC);
  launchdSays(ENDED);
  const { state } = await readServiceStatus(contextOf(world), undefined, 'darwin');
  expect(state).toEqual({ status: 'stopped', exitCode: 0 });
});

test('an uninstalled agent is unloaded and its file removed', async () => {
  const { path } = await installService(contextOf(world), {}, MAC);
  expect(await uninstallService(contextOf(world), undefined, 'darwin')).toMatchObject({
    isRemoved: true,
  });
  expect([existsSync(path), existsSync(join(world.home, 'loaded'))]).toEqual([false, false]);
  expect(await uninstallService(contextOf(world), undefined, 'darwin')).toMatchObject({
    isRemoved: false,
  });
});

test('the definition of another installation is neither replaced nor removed', async () => {
  const { name, path } = await installService(contextOf(world), {}, MAC);
  const foreign = readFileSync(path, 'utf8').replaceAll(world.home, '/elsewhere');
  writeFileSync(path, foreign);
  const options = { name };
  await expect(installService(contextOf(world), options, MAC)).rejects.toThrow(
    'belongs to something else',
  );
  await expect(uninstallService(contextOf(world), name, 'darwin')).rejects.toThrow(
    /belongs to .*Name the service of this one with --name\./,
  );
  expect(readFileSync(path, 'utf8')).toBe(foreign);
});

test('the log is the end of the file into which launchd writes, and cannot steer the terminal', async () => {
  mkdirSync(world.paths.logs);
  writeFileSync(join(world.paths.logs, 'service.log'), 'one\ntwo\nthr\u001b[2Jee');
  const written: string[] = [];
  const context = { ...contextOf(world), stdout: (text: string) => void written.push(text) };
  await printLogs(context, { lines: 2, follow: false, json: false }, 'darwin');
  expect(written.join('')).toBe('two\nthr\\u{1b}[2Jee\n');
});

test('a service that has never started has written nothing yet', async () => {
  const told: string[] = [];
  const context = { ...contextOf(world), stderr: (text: string) => void told.push(text) };
  await printLogs(context, { lines: 2, follow: false, json: false }, 'darwin');
  expect(told.join('')).toMatch(/^deckhand-[0-9a-f]{8} has written nothing yet/);
});

test('without a session at the screen the refusal says where to run it', async () => {
  programs.add(
    'launchctl',
    '[ "$1" = print ] && exit 113\necho "Domain does not support specified action" >&2; exit 125',
  );
  await expect(installService(contextOf(world), {}, MAC)).rejects.toThrow(
    /Domain does not support specified action\. Run this in a terminal on the Mac itself/,
  );
});
