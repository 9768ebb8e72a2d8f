import { chown, lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseAgentUser } from '../../src/containers/agent-user.ts';
import { LABELS } from '../../src/containers/labels.ts';
import { AgentKit, endless, makeGroup, makeRequest, recordRun } from './agent-kit.ts';
import { requireBaseImage } from './engine.ts';

const team = makeGroup('team');

async function answerOf(kit: AgentKit, prompt: string, group = team): Promise<string> {
  const request = makeRequest(`r-${prompt}`, prompt);
  const outcome = await kit.runner().run(request, group, recordRun().handlers, endless);
  if (outcome.status !== 'answered') throw new Error(JSON.stringify(outcome));
  return outcome.text;
}

test('the engine confirms that an agent container is hardened', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const record = recordRun();
  await kit.runner().run(makeRequest('r1', 'echo 1'), team, record.handlers, endless);
  const { Config, HostConfig, Mounts } = await kit.docker
    .getContainer(record.containers[0]!)
    .inspect();
  expect(HostConfig).toMatchObject({
    AutoRemove: false,
    CapAdd: null,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    Privileged: false,
    ReadonlyRootfs: true,
    Init: true,
    PidsLimit: 512,
    OomScoreAdj: 500,
    CgroupnsMode: 'private',
    Runtime: 'runc',
    Memory: 256 * 1024 * 1024,
    MemorySwap: 256 * 1024 * 1024,
    NanoCpus: 1_000_000_000,
    NetworkMode: 'bridge',
    IpcMode: 'private',
    PidMode: '',
    UTSMode: '',
    UsernsMode: '',
    Devices: null,
    VolumesFrom: null,
    Binds: null,
    ExtraHosts: null,
    PortBindings: null,
    PublishAllPorts: false,
    GroupAdd: null,
    DeviceRequests: null,
    DeviceCgroupRules: null,
    OomKillDisable: false,
    Links: null,
    RestartPolicy: { Name: 'no' },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '32m', 'max-file': '3' } },
  });
  expect(HostConfig.Ulimits).toEqual([
    { Name: 'nofile', Soft: 16_384, Hard: 16_384 },
    { Name: 'core', Soft: 0, Hard: 0 },
  ]);
  expect(HostConfig.Tmpfs).toEqual({
    '/home/node': 'rw,exec,nosuid,nodev,mode=1777,size=256m',
    '/tmp': 'rw,exec,nosuid,nodev,mode=1777,size=512m',
  });
  expect(Config.User).toMatch(/^[1-9]\d*:\d+$/);
  expect(Config).toMatchObject({ Tty: false, OpenStdin: true, StdinOnce: false });
  expect(Config.Labels).toMatchObject({
    [LABELS.installation]: kit.installationId,
    [LABELS.folder]: 'team',
    [LABELS.run]: 'r1',
  });
  expect(Mounts.map(({ Propagation }) => Propagation)).toEqual(Mounts.map(() => 'rprivate'));
  expect(Mounts.map(({ Destination, RW }) => `${Destination} ${RW}`).sort()).toEqual([
    '/fake-runner.ts false',
    '/home/node/.claude true',
    '/home/node/.codex false',
    '/workspace/group true',
    '/workspace/ipc true',
  ]);
});

test("an agent cannot write the settings of its group's CLI", async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const files = ['config.toml', '.env'].map((name) => `/home/node/.codex/${name}`);
  expect(JSON.parse(await answerOf(kit, `write ${files.join(' ')}`))).toEqual(
    Object.fromEntries(files.map((file) => [file, 'EROFS'])),
  );
});

test('an agent cannot write its root or the global memory, and sees no secret in its environment', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  await mkdir(kit.paths.groups, { recursive: true });
  await writeFile(kit.paths.globalMemory, '# memory');
  const paths = ['/etc/x', '/usr/x', '/workspace/x', '/workspace/global/CLAUDE.md', '/tmp/x'];
  const written = JSON.parse(await answerOf(kit, `write ${paths.join(' ')}`));
  expect(written).toEqual({
    '/etc/x': 'EROFS',
    '/usr/x': 'EROFS',
    '/workspace/x': 'EROFS',
    '/workspace/global/CLAUDE.md': 'EROFS',
    '/tmp/x': 'ok',
  });
  const env = Object.keys(JSON.parse(await answerOf(kit, 'env')));
  expect(env.filter((name) => /KEY|TOKEN|SECRET|PASSWORD/i.test(name))).toEqual([]);
});

test('a readonly group cannot write its folder, an auto one can', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const runner = kit.runner();
  const results: unknown[] = [];
  for (const approvalPolicy of ['readonly', 'auto'] as const) {
    const request = makeRequest(`r-${approvalPolicy}`, 'write /workspace/group/f /workspace/ipc/f');
    const group = makeGroup('team', {
      provider: 'codex',
      providerConfig: { codex: { approvalPolicy } },
    });
    const outcome = await runner.run(request, group, recordRun().handlers, endless);
    results.push(outcome.status === 'answered' && JSON.parse(outcome.text));
  }
  expect(results).toEqual([
    { '/workspace/group/f': 'EROFS', '/workspace/ipc/f': 'ok' },
    { '/workspace/group/f': 'ok', '/workspace/ipc/f': 'ok' },
  ]);
});

test('the main group reads parts of the project and can write none', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const group = makeGroup('main', { isMain: true });
  const places = ['package.json', 'src/x', '.env', 'data/x'].map((p) => `/workspace/project/${p}`);
  const written = JSON.parse(await answerOf(kit, `write ${places.join(' ')}`, group));
  expect(Object.values(written)).toEqual(['EROFS', 'EROFS', 'EROFS', 'ENOENT']);
});

const WRITABLE = [
  '/workspace/group/f',
  '/workspace/ipc/messages/f',
  '/home/node/f',
  '/home/node/.claude/f',
  '/tmp/f',
];
const ALL_OK = Object.fromEntries(WRITABLE.map((path) => [path, 'ok']));
const isRoot = process.getuid?.() === 0;

test.runIf(isRoot)(
  'under a root host the agent is uid 1000 and owns its folders',
  async (context) => {
    await using kit = await AgentKit.create(await requireBaseImage(context));
    await mkdir(kit.paths.codexHome('team'), { recursive: true });
    await writeFile(join(kit.paths.codexHome('team'), 'auth.json'), '{}', { mode: 0o600 });
    expect(await answerOf(kit, 'pid')).toMatch(/ 1000:1000$/);
    expect(JSON.parse(await answerOf(kit, `write ${WRITABLE.join(' ')}`))).toEqual(ALL_OK);
    expect(await lstat(join(kit.paths.codexHome('team'), 'auth.json'))).toMatchObject({
      uid: 1000,
    });
  },
);

test.runIf(isRoot)('handing folders over follows no link out of them', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const outside = join(kit.home, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'secret'), 'x');
  await mkdir(kit.paths.groupFolder('team'), { recursive: true });
  await symlink(outside, join(kit.paths.groupFolder('team'), 'link'));
  await answerOf(kit, 'echo 1');
  expect(await lstat(outside)).toMatchObject({ uid: 0 });
  expect(await lstat(join(outside, 'secret'))).toMatchObject({ uid: 0 });
  expect(await lstat(join(kit.paths.groupFolder('team'), 'link'))).toMatchObject({ uid: 1000 });
});

test.runIf(isRoot)('a group folder that is a link is refused', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  await mkdir(kit.paths.groups, { recursive: true });
  await symlink('/etc', kit.paths.groupFolder('team'));
  const request = makeRequest('r1', 'echo 1');
  const outcome = await kit.runner().run(request, team, recordRun().handlers, endless);
  expect(outcome).toMatchObject({
    class: 'setup',
    detail: expect.stringContaining('not a link'),
  });
});

test.runIf(isRoot).for([
  [1000, 1000],
  [501, 20],
] as const)(
  'under a host of uid %i and gid %i the agent has the same ids and can work',
  async ([uid, gid], context) => {
    const docker = await requireBaseImage(context);
    await using kit = await AgentKit.create(docker, { user: chooseAgentUser(uid, gid) });
    // What such a host would own itself: every folder is made by it.
    await kit.planAgent(team);
    for (const folder of [
      kit.paths.groupFolder('team'),
      kit.paths.ipc('team'),
      join(kit.paths.ipc('team'), 'messages'),
      kit.paths.codexHome('team'),
      join(kit.paths.codexHome('team'), 'config.toml'),
      join(kit.paths.codexHome('team'), '.env'),
      kit.paths.claudeHome('team'),
    ]) {
      await chown(folder, uid, gid);
    }
    expect(await answerOf(kit, 'pid')).toContain(` ${uid}:${gid}`);
    expect(JSON.parse(await answerOf(kit, `write ${WRITABLE.join(' ')}`))).toEqual(ALL_OK);
    expect(await readFile(join(kit.paths.groupFolder('team'), 'f'), 'utf8')).toBe('x');
  },
);
