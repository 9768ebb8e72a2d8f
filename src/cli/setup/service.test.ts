import { mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireInstanceLock } from '../../db/instance-lock.ts';
import { type CliWorld, createCliWorld, linkAccount } from '../cli-world.fixture.ts';
import { createFakePrograms, type FakePrograms } from '../service/fake-programs.fixture.ts';

/** As systemctl(1) answers: the unit is unknown until it has been restarted, and then as `$STATE/unit` has it. */
const systemctl = (started: string) => `
case "$*" in
  *Version*) echo 'Version=255.4-1' ;;
  *restart*) touch "$STATE/started" ;;
  *LoadState*)
    if [ -e "$STATE/started" ]; then printf '${started}'
    else echo 'LoadState=not-found'; echo 'ActiveState=inactive'; fi ;;
esac`;
const RUNNING =
  'LoadState=loaded\\nActiveState=active\\nSubState=running\\nMainPID=4711\\nNRestarts=0\\n';
const FAILED =
  'LoadState=loaded\\nActiveState=failed\\nSubState=failed\\nMainPID=0\\nExecMainCode=1\\nExecMainStatus=2\\n';
const TO_SERVICE = ['setup', '--skip', 'group', '--skip', 'test'];

let world: CliWorld;
let programs: FakePrograms;
beforeEach(() => {
  world = createCliWorld();
  mkdirSync(world.paths.data);
  programs = createFakePrograms(world.home);
  programs.add('loginctl', 'echo Linger=yes');
  Object.assign(world.environment, {
    PATH: programs.searchPath,
    HOME: world.home,
    DECKHAND_RUNTIME: 'process',
    WHATSAPP_URL: 'ws://127.0.0.1:9',
    ANTHROPIC_API_KEY: `sk-ant-api03-${'c'.repeat(40)}`,
  });
  world.fill((db) => linkAccount(db));
  world.register({ '1@g.us': { name: 'Main', folder: 'main', isMain: true } });
});
afterEach(() => world[Symbol.dispose]());

const isCalled = (word: string) => programs.calls().some((call) => call.includes(word));

/** Plays the host that the service manager starts. */
function playHost(): Disposable {
  let lock: Disposable | undefined;
  const watcher = watch(world.home, () => {
    if (lock === undefined && isCalled('restart')) lock = acquireInstanceLock(world.paths.lock);
  });
  return {
    [Symbol.dispose]() {
      watcher.close();
      lock?.[Symbol.dispose]();
    },
  };
}

test('a service that is wanted is installed, and the next setup finds it running', async () => {
  programs.add('systemctl', systemctl(RUNNING));
  using _host = playHost();
  const first = await world.run(...TO_SERVICE, '--yes');
  expect(first.stdout).toMatch(/service: done\s+deckhand-[0-9a-f]{8} is running as process 4711/);
  expect(first.code).toBe(0);
  expect(first.stdout).not.toContain('Start it');
  expect((await world.run(...TO_SERVICE)).stdout).toMatch(/service: ok/);
});

test('a service that is not wanted is not installed', async () => {
  programs.add('systemctl', systemctl(RUNNING));
  const stdin = Readable.from(['what?\n', 'n\n']);
  const { code, stdout } = await world.runWith({ stdin }, ...TO_SERVICE);
  expect(code).toBe(0);
  expect(stdout).toContain('Please type y for yes or n for no.');
  expect(stdout).toMatch(/service: left out\s+not wanted/);
  expect(isCalled('restart')).toBe(false);
});

test('--no-service asks the service manager nothing', async () => {
  programs.add('systemctl', systemctl(RUNNING));
  expect((await world.run(...TO_SERVICE, '--no-service')).code).toBe(0);
  expect(programs.calls()).toEqual([]);
});

test('without an answer the options are named', async () => {
  programs.add('systemctl', systemctl(RUNNING));
  const { code, stderr } = await world.run(...TO_SERVICE);
  expect(code).toBe(3);
  expect(stderr).toContain('--yes or --no-service');
});

test('a machine without a service manager is told how to start the host', async () => {
  world.environment['PATH'] = join(world.home, 'nothing');
  const { code, stdout } = await world.run(...TO_SERVICE, '--yes');
  expect(code).toBe(0);
  expect(stdout).toMatch(/service: left out\s+This system has no systemd/);
  expect(stdout).toContain('Start it: `npx deckhand start`');
});

test('a host that ends at once is told with the reason', async () => {
  programs.add('systemctl', systemctl(FAILED));
  const { code, stderr } = await world.run(...TO_SERVICE, '--yes');
  expect(code).toBe(1);
  expect(stderr).toMatch(/is failed.*`deckhand doctor`/s);
});
