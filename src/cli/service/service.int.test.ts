import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../../db/database.ts';
import { isHostRunning } from '../../db/instance-lock.ts';
import { hostPaths } from '../../paths.ts';
import { linkAccount, PROJECT_ROOT } from '../cli-world.fixture.ts';
import { startUserManager, type UserManager } from './user-manager.fixture.ts';

const run = promisify(execFile);
const stateShape = z.object({ status: z.string(), pid: z.number().optional() });
const statusShape = z.object({ state: stateShape });
const installedShape = z.object({
  name: z.string(),
  path: z.string(),
  change: z.string(),
  changes: z.array(z.string()),
  state: stateShape,
});

let manager: UserManager;
let folder = '';
let home = '';
beforeAll(async () => {
  manager = await startUserManager();
  return () => manager[Symbol.asyncDispose]();
});
beforeEach(() => {
  // In the folder that goes even when this process is killed.
  folder = mkdtempSync(join(dirname(manager.environment.HOME), 'service-'));
  home = join(folder, 'my "groups" 100% $HOME');
  makeHome(home);
});
afterEach(async () => {
  await deckhand('service', 'uninstall');
  rmSync(folder, { recursive: true });
});

/** Its agents would run without Docker, and its WhatsApp is a port of this machine where nobody listens. */
function makeHome(path: string): void {
  mkdirSync(join(path, 'data'), { recursive: true });
  writeFileSync(join(path, '.env'), 'DECKHAND_RUNTIME=process\nWHATSAPP_URL=ws://127.0.0.1:1/\n', {
    mode: 0o600,
  });
}

function link(): void {
  const db = openDatabase(hostPaths(home).database);
  linkAccount(db);
  db.close();
}

async function deckhand(...args: readonly string[]) {
  const env = { PATH: process.env['PATH'], ...manager.environment, DECKHAND_HOME: home };
  const script = join(PROJECT_ROOT, 'bin', 'deckhand.js');
  const [program, ...options] = manager.enter;
  const child = spawn(program, [...options, process.execPath, script, ...args], { env });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (written.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (written.stderr += String(chunk)));
  const [code]: unknown[] = await once(child, 'close');
  return { code, ...written };
}

async function install(...args: readonly string[]) {
  const { stdout, stderr } = await deckhand('service', 'install', '--json', ...args);
  expect(stderr).toBe('');
  return installedShape.parse(JSON.parse(stdout));
}

/** What becomes of the start of a linked host, however long it takes: `install` watches it for some seconds alone. */
async function settle() {
  for (;;) {
    const { stdout } = await deckhand('service', 'status', '--json');
    const { state } = statusShape.parse(JSON.parse(stdout));
    const isUnderWay = state.status === 'running' && !isHostRunning(hostPaths(home).lock);
    if (state.status !== 'starting' && !isUnderWay) return state;
  }
}

async function property(name: string, unit: string): Promise<string> {
  return (await manager.systemctl('show', '--value', `--property=${name}`, unit)).trim();
}

/** Lets the limit of the test through while it waits. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await setImmediate();
}

test('an installed host runs, comes back when it is killed, and stops when it is told to', async () => {
  link();
  const { name } = await install();
  expect(await settle()).toMatchObject({ status: 'running' });
  expect(isHostRunning(hostPaths(home).lock)).toBe(true);
  expect(await property('UnitFileState', name)).toBe('enabled');

  const dropIn = join(manager.environment.HOME, '.config', 'systemd', 'user', `${name}.service.d`);
  mkdirSync(dropIn);
  writeFileSync(join(dropIn, 'fast.conf'), '[Service]\nRestartSec=100ms\n');
  await manager.systemctl('daemon-reload');
  await manager.systemctl('kill', '--kill-whom=main', '--signal=KILL', name);
  await until(async () => (await property('NRestarts', name)) === '1');
  await until(async () => (await property('ActiveState', name)) === 'active');
  await until(async () => isHostRunning(hostPaths(home).lock));
  expect((await deckhand('service', 'status')).stdout).toMatch(
    /^deckhand-[0-9a-f]{8} is running as process \d+, restarted once\.\n/,
  );

  await manager.systemctl('stop', name);
  expect(await property('Result', name)).toBe('success');
  expect(isHostRunning(hostPaths(home).lock)).toBe(false);
  expect(await deckhand('service', 'status')).toMatchObject({ code: 1 });
});

test('installing again changes nothing, and after an edit says what it takes back', async () => {
  link();
  const first = await install();
  const state = await settle();
  expect(await install()).toMatchObject({ change: 'unchanged', changes: [], state });
  const unit = readFileSync(first.path, 'utf8');
  writeFileSync(first.path, unit.replace('Restart=on-failure', 'Restart=no'));
  const third = await install();
  expect(third).toMatchObject({
    change: 'updated',
    changes: ['- Restart=no', '+ Restart=on-failure'],
  });
  const after = await settle();
  expect(after.status).toBe('running');
  expect(after.pid).not.toBe(state.pid);
});

test('a host that is not linked is not started again and again', async () => {
  const installed = await deckhand('service', 'install');
  const name = /deckhand-[0-9a-f]{8}/.exec(installed.stdout)?.[0] ?? '';
  await until(async () => (await property('ActiveState', name)) === 'failed');
  expect(installed.code).toBe(installed.stdout.includes(' is starting.') ? 0 : 3);
  expect((await deckhand('service', 'status')).stdout).toMatch(
    /exit code 3,\s+something\s+has\s+to\s+be\s+set\s+up\s+first/,
  );
  await install('--no-start');
  expect(await property('NRestarts', name)).toBe('0');
  expect(await property('ActiveState', name)).toBe('failed');
});

test('beside a host in a terminal it is not installed', async () => {
  link();
  const script = join(PROJECT_ROOT, 'bin', 'deckhand.js');
  const env = { PATH: process.env['PATH'], DECKHAND_HOME: home };
  // It has to end with this process, also when that is killed.
  const args = ['--pdeathsig', 'KILL', process.execPath, script, 'start'];
  const host = spawn('setpriv', args, { env, stdio: 'ignore' });
  const end = once(host, 'exit');
  await until(async () => host.exitCode !== null || isHostRunning(hostPaths(home).lock));
  const { code, stderr } = await deckhand('service', 'install');
  host.kill('SIGTERM');
  await end;
  expect({ code, stderr }).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/that this service did not start/),
  });
});

test('two installations have a service each, and removing one leaves the other', async () => {
  const first = await install('--no-start');
  const firstHome = home;
  home = join(folder, 'second');
  makeHome(home);
  const second = await install('--no-start');
  expect(second.name).not.toBe(first.name);
  expect(await deckhand('service', 'uninstall', '--name', first.name)).toMatchObject({ code: 2 });
  expect((await deckhand('service', 'uninstall')).stdout).toMatch(/^Stopped and removed /);
  expect((await deckhand('service', 'status')).code).toBe(3);
  home = firstHome;
  expect(await property('UnitFileState', first.name)).toBe('enabled');
});

test('an uninstalled service is gone, and uninstalling it again is no mistake', async () => {
  const { name } = await install();
  await deckhand('service', 'uninstall');
  expect(await property('LoadState', name)).toBe('not-found');
  expect(
    await manager.systemctl('list-units', '--all', '--plain', `${name}.service`),
  ).not.toContain('failed');
  expect(await deckhand('service', 'uninstall')).toMatchObject({
    code: 0,
    stdout: `${name} is not installed; there is nothing to remove.\n`,
  });
});

test('systemd finds no mistake in the unit', async () => {
  const { path } = await install('--no-start');
  const env = { PATH: process.env['PATH'], ...manager.environment };
  const { stdout, stderr } = await run('systemd-analyze', ['--user', 'verify', path], { env });
  expect(`${stdout}${stderr}`).toBe('');
});
