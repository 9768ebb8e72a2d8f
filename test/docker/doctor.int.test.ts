import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findingsOf } from '../../src/cli/doctor/doctor.fixture.ts';
import { LABELS } from '../../src/containers/labels.ts';
import { acquireInstanceLock } from '../../src/db/instance-lock.ts';
import { agentUser, DoctorKit, PLAIN } from './doctor-kit.ts';
import { BASE_IMAGE, requireAgentImage, requireBaseImage } from './engine.ts';

let kit: DoctorKit;
beforeEach(async (context) => {
  kit = new DoctorKit(await requireBaseImage(context));
});
afterEach(() => kit[Symbol.asyncDispose]());

test('a group whose mounts are as they should be is tried, and nothing is left of it', async () => {
  expect(await kit.complaints()).toEqual([]);
  expect(await findingsOf(kit.cli, 'mounts', ['--offline'])).toMatchObject([
    { status: 'ok', detail: `1 group written and read as user ${agentUser.uid}` },
  ]);
  expect(await kit.containers()).toEqual([]);
  for (const path of kit.folders) {
    expect(readdirSync(path).filter((name) => name.includes('deckhand-doctor'))).toEqual([]);
  }
});

test('a group that has never run is not tried, and nothing is made for it', async () => {
  rmSync(kit.cli.paths.ipc('one'), { recursive: true });
  expect(await kit.complaints()).toEqual([]);
  expect(existsSync(kit.cli.paths.ipc('one'))).toBe(false);
});

test('the main group and a read-only one are tried by their own mounts', async () => {
  kit.register({
    isMain: true,
    provider: 'codex',
    model: 'openai/gpt-5.5',
    providerConfig: { codex: { approvalPolicy: 'readonly' } },
  });
  expect(await kit.complaints()).toEqual(['credentials.missing']);
});

test.for(['groupFolder', 'ipc', 'claudeHome'] as const)(
  'a %s that its own user may not write is found until --fix lets it',
  async (name) => {
    chmodSync(kit.cli.paths[name]('one'), 0o500);
    expect(await kit.complaints()).toEqual(['mounts.unwritable']);
    expect(await kit.complaints(['--fix'])).toEqual(['mounts.unwritable mended']);
    expect(await kit.complaints()).toEqual([]);
  },
);

test('a shared folder of another user is found until it is given to the agents', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root can make a folder of another user');
  const shared = join(kit.cli.home, 'shared files');
  kit.give(shared, agentUser.uid + 1);
  kit.allow(shared);
  const mount = { hostPath: shared, containerPath: 'shared', readonly: false };
  kit.register({ isMain: true, containerConfig: { additionalMounts: [mount] } });
  expect(await kit.complaints()).toEqual(['mounts.unwritable']);
  const [finding] = await findingsOf(kit.cli, 'mounts', ['--offline']);
  const [command = ''] = finding?.mend?.commands ?? [];
  execFileSync('sh', ['-c', command.replace(/^sudo /, '')]);
  expect(await kit.complaints()).toEqual([]);
});

test('a mount that is not allowed is found until it is', async () => {
  const shared = join(kit.cli.home, 'shared');
  kit.give(shared);
  const mount = { hostPath: shared, containerPath: 'shared' };
  kit.register({ containerConfig: { additionalMounts: [mount] } });
  expect(await kit.complaints()).toEqual(['mounts.refused']);
  kit.allow(shared);
  expect(await kit.complaints()).toEqual([]);
});

test('a home that is a link is refused as for a run', async () => {
  const home = kit.cli.paths.claudeHome('one');
  rmSync(home, { recursive: true });
  symlinkSync('/tmp', home);
  expect(await kit.complaints()).toEqual(['mounts.refused']);
});

test('an image whose containers do not run is found until there is another', async () => {
  const folder = join(kit.cli.home, 'empty');
  mkdirSync(folder);
  const archive = execFileSync('tar', ['-cC', folder, '.']);
  const tag = `deckhand-doctor-test:${kit.id}`;
  const loaded = await kit.docker.importImage(Readable.from([archive]), {
    repo: tag.split(':')[0],
    tag: kit.id,
  });
  await new Promise((resolve) => kit.docker.modem.followProgress(loaded, resolve));
  kit.useImage(tag);
  expect(await kit.complaints()).toEqual(['mounts.failed']);
  kit.useImage(BASE_IMAGE);
  expect(await kit.complaints()).toEqual([]);
  await kit.docker.getImage(tag).remove();
});

const createOwned = (owner: string, folder = 'one') =>
  kit.docker.createContainer({
    Image: BASE_IMAGE,
    Cmd: ['true'],
    Labels: { [LABELS.installation]: owner, [LABELS.folder]: folder },
  });
const QUICK = ['--quick'];

test('a container that nobody uses is found and removed, one of another installation is only counted', async () => {
  await createOwned(kit.id);
  const foreign = await createOwned('another');
  try {
    expect(await kit.complaints(QUICK)).toEqual(['orphans.containers']);
    expect(await kit.complaints([...QUICK, '--fix', '--yes'])).toEqual([
      'orphans.containers mended',
    ]);
    expect(await kit.containers()).toEqual([]);
    const [left] = await findingsOf(kit.cli, 'orphans');
    expect(left?.detail).toMatch(
      /^none; (1 container is of another installation|\d+ containers are of other installations)$/,
    );
    expect((await foreign.inspect()).Id).toBe(foreign.id);
  } finally {
    await foreign.remove({ force: true });
  }
});

test('what a killed command left is an orphan, what a command waits for is not', async () => {
  await createOwned(`${kit.id}:one-off`);
  const ended = await createOwned(`${kit.id}:one-off`);
  await ended.start();
  await ended.wait();
  const running = await kit.docker.createContainer({
    Image: BASE_IMAGE,
    Cmd: ['sleep', '60'],
    Labels: { [LABELS.installation]: `${kit.id}:one-off`, [LABELS.folder]: 'one' },
  });
  await running.start();
  expect(await kit.complaints([...QUICK, '--fix', '--yes'])).toEqual(['orphans.containers mended']);
  expect((await kit.containers()).map(({ Id }) => Id)).toEqual([running.id]);
});

test('while a host runs, the containers of its groups are its own', async () => {
  await createOwned(kit.id);
  await createOwned(kit.id, 'removed');
  using _host = acquireInstanceLock(kit.cli.paths.lock);
  expect(await kit.complaints([...QUICK, '--fix', '--yes'])).toEqual(['orphans.containers mended']);
  const left = await kit.containers();
  expect(left.map(({ Labels }) => Labels[LABELS.folder])).toEqual([PLAIN.folder]);
});

test.for([
  ['n\n', 1],
  ['what?\n', 1],
  ['', 1],
  ['y\n', 0],
] as const)('asked at a terminal, a person who says %j keeps %d', async ([answer, left]) => {
  await createOwned(kit.id);
  const context = { isStdinTty: true, stdin: Readable.from([answer]) };
  await kit.complaints([...QUICK, '--fix'], context);
  expect(await kit.containers()).toHaveLength(left);
});

test('without a terminal and without --yes nothing is removed, and doctor says so', async () => {
  await createOwned(kit.id);
  const { stderr } = await kit.cli.run('doctor', '--offline', ...QUICK, '--fix');
  expect(stderr).toBe('Not done without --yes: remove 1 container that nobody uses (one).\n');
  expect(await kit.containers()).toHaveLength(1);
});

test('an image that is missing is built by --fix, and is the one of the code then', async (context) => {
  await requireAgentImage(context);
  const tag = `deckhand-doctor-build:${kit.id}`;
  kit.useImage(tag);
  expect(await kit.complaints(QUICK)).toEqual(['image.missing']);
  const { stderr } = await kit.cli.run('doctor', '--offline', ...QUICK, '--fix');
  expect(stderr).toContain('Step 1/');
  const [image] = await findingsOf(kit.cli, 'image');
  expect(image).toMatchObject({ status: 'ok', detail: `${tag} is up to date` });
  expect(await kit.complaints()).toEqual([]);
  await kit.docker.getImage(tag).remove();
});
