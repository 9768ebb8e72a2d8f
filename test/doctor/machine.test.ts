import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NOW, PROJECT_ROOT } from '../../src/cli/cli-world.fixture.ts';
import { checkClock } from '../../src/cli/doctor/clock.ts';
import { examineWith, findingsOf } from '../../src/cli/doctor/doctor.fixture.ts';
import type { FindingId } from '../../src/cli/doctor/finding-ids.ts';
import type { Machine } from '../../src/cli/doctor/machine.ts';
import { doctorReportSchema } from '../../src/cli/doctor/report.ts';
import { acquireInstanceLock } from '../../src/db/instance-lock.ts';
import { complaints, createDoctorWorld, type DoctorWorld, LOCAL } from './doctor-world.ts';

const MIB = 1024 * 1024;
const uid = process.getuid?.() ?? 0;

let world: DoctorWorld;
beforeEach(async () => {
  world = await createDoctorWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

async function complaintsOn(machine: Partial<Machine>): Promise<string[]> {
  const findings = await examineWith(world.cli, PROJECT_ROOT, { uid, ...machine });
  const bad = findings.filter(({ status }) => status !== 'ok');
  for (const { mend } of bad) expect(mend).toBeDefined();
  return [...new Set(bad.map(({ id }) => id))];
}

test.for<[string, FindingId, Partial<Machine>]>([
  ['an old Node', 'node.old', { nodeVersion: '22.3.0' }],
  ['files of another user', 'permissions.owner', { uid: uid + 1 }],
  ['a disk that is nearly full', 'disk.low', { freeBytes: async () => 900 * MIB }],
  ['a full disk', 'disk.full', { freeBytes: async () => 20 * MIB }],
])('%s is found, alone: %s', async ([, id, machine]) => {
  expect(await complaintsOn({})).toEqual([]);
  expect(await complaintsOn(machine)).toEqual([id]);
});

test.for<[number, FindingId]>([
  [2_000, 'disk.low'],
  [200, 'disk.full'],
])("%d MB left for Docker's images are %s", async ([free, id]) => {
  const freeBytes = async (path: string) => (path.startsWith('/not/on') ? free * MIB : 1e12);
  expect(await complaintsOn({ freeBytes })).toEqual([id]);
});

test('a zone that nobody knows is found where it is used', () => {
  const facts = { now: NOW, machineZone: 'Etc/Unknown', databasePath: '/none', serverTimes: [] };
  const ids = (timeZone: string) => checkClock({ ...facts, timeZone }).map(({ id }) => id);
  expect(ids('Etc/Unknown')).toEqual(['clock.ok', 'clock.zone']);
  expect(ids('Europe/Berlin')).toEqual(['clock.ok']);
});

test('a program whose files are not complete is found', async () => {
  const found = await examineWith(world.cli, world.cli.home, { uid });
  expect(found).toContainEqual(expect.objectContaining({ id: 'image.unreadable' }));
});

test('a clock of the year 2020 is found', async () => {
  const found = await findingsOf(world.cli, 'clock', LOCAL, { now: () => Date.UTC(2020, 0, 1) });
  expect(found).toMatchObject([{ id: 'clock.old' }]);
});

test('a look while a host runs finds nothing either, and takes nothing from it', async () => {
  using _host = acquireInstanceLock(world.cli.paths.lock);
  expect(await complaints(world)).toEqual([]);
  expect(await complaints(world, [...LOCAL, '--fix', '--yes'])).toEqual([]);
});

test('an engine that takes a connection and never answers does not hold doctor up', async () => {
  const socket = join(world.cli.home, 'silent.sock');
  const server = createServer().listen(socket);
  await once(server, 'listening');
  world.cli.environment['DOCKER_HOST'] = `unix://${socket}`;
  expect(await complaints(world)).toEqual(['docker.unreachable']);
  server.close();
});

/** Another user than root, to whom the socket is closed. */
const nobody = uid === 0 ? { uid: 65_534, gid: 65_534 } : {};

test('an engine that this user may not use is found, with the group to join', async () => {
  const { cli } = world;
  const socket = join(cli.home, 'engine.sock');
  chmodSync(socket, 0);
  if (uid === 0) for (const path of [cli.home, cli.paths.data]) chownSync(path, 65_534, 65_534);
  const child = spawn(
    process.execPath,
    [join(PROJECT_ROOT, 'bin/deckhand.js'), 'doctor', '--json', ...LOCAL],
    { ...nobody, env: { DECKHAND_HOME: cli.home, DOCKER_HOST: `unix://${socket}` } },
  );
  const { findings } = doctorReportSchema.parse(await json(child.stdout));
  expect(findings).toContainEqual(
    expect.objectContaining({
      id: 'docker.forbidden',
      mend: {
        text: 'This user may not use Docker. Run this, then log out and in again:',
        commands: ['sudo usermod -aG docker "$USER"'],
      },
    }),
  );
});

test('what --fix could not mend is told, and stays a finding', async () => {
  writeFileSync(`${world.cli.paths.registrations}.lock`, '999999999 mark');
  const { stderr, code } = await world.cli.run('doctor', ...LOCAL, '--fix');
  expect(stderr).toContain('Not done without --yes: remove data/registered_groups.json.lock');
  expect(code).toBe(0);
  expect(await complaints(world)).toEqual(['orphans.lock']);
});

test('what was mended is shown as mended, and does not fail the command', async () => {
  chmodSync(world.cli.paths.data, 0o755);
  const { stdout, code } = await world.cli.run('doctor', ...LOCAL, '--fix');
  expect(code).toBe(0);
  expect(stdout).toContain('mended   permissions    data has the mode 755');
  expect(stdout).toContain('> Done: gave data the mode 700.');
  expect(stdout).toMatch(/\n\n1 mended\. All is well\.\n$/);
});
