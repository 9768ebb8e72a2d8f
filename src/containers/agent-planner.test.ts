import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registeredGroupSchema } from '../core/group.ts';
import { createLogger } from '../logger.ts';
import { hostPaths } from '../paths.ts';
import { createAgentPlanner, type OutletPlan } from './agent-planner.ts';

async function makeInstallation() {
  const root = await mkdtemp(join(tmpdir(), 'deckhand-planner-'));
  const userHome = join(root, 'ann');
  const projectRoot = join(root, 'program');
  await mkdir(join(projectRoot, 'src'), { recursive: true });
  await writeFile(join(projectRoot, '.env'), 'SECRET=1');
  await mkdir(join(userHome, '.config', 'deckhand'), { recursive: true });
  const allowlistFile = join(userHome, '.config', 'deckhand', 'mount-allowlist.json');
  const paths = hostPaths(join(root, 'deckhand'));
  const logger = createLogger('silent');
  const limits = { memoryMb: 512, cpus: 1 };
  const planOutlet = (): OutletPlan => ({ ok: true, outlet: { kind: 'network' } });
  const files = { paths, projectRoot, userHome, allowlistFile };
  const deps = { ...files, ...limits, planOutlet, logger };
  const plan = createAgentPlanner(deps);
  return {
    deps,
    userHome,
    paths,
    plan: (fields: Record<string, unknown> = {}) => plan(makeGroup(fields)),
    allow: (path: string) =>
      writeFile(allowlistFile, JSON.stringify({ allowedRoots: [{ path, allowReadWrite: true }] })),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

function makeGroup(fields: Record<string, unknown>) {
  return registeredGroupSchema.parse({
    jid: 'team@g.us',
    name: 'Team',
    folder: 'team',
    ...fields,
  });
}

function mounting(hostPath: string, containerPath = 'site') {
  return { containerConfig: { additionalMounts: [{ hostPath, containerPath }] } };
}

test('planning makes the folders of a group, closed to other users', async () => {
  await using installation = await makeInstallation();
  expect(await installation.plan()).toMatchObject({ ok: true, spec: { memoryMb: 512, cpus: 1 } });
  const ipc = installation.paths.ipc('team');
  expect((await readdir(ipc)).sort()).toEqual(['input', 'messages', 'replies', 'tasks']);
  for (const folder of [ipc, installation.paths.codexHome('team')]) {
    expect((await stat(folder)).mode & 0o077).toBe(0);
  }
});

test('what an agent put in place of a mailbox folder does not keep its group from running', async () => {
  await using installation = await makeInstallation();
  await installation.plan();
  const messages = join(installation.paths.ipc('team'), 'messages');
  await rm(messages, { recursive: true });
  await writeFile(messages, '');
  expect(await installation.plan()).toMatchObject({ ok: true });
});

test.each(['claude', 'codex'] as const)(
  "a %s agent gets the CLI's settings complete and read-only, and keeps what a person wrote",
  async (provider) => {
    await using installation = await makeInstallation();
    const home = installation.paths.codexHome('team');
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'config.toml'), 'model_verbosity = "low" # mine\n');
    const planned = await installation.plan({ provider });
    expect(planned.ok && planned.spec.mounts).toContainEqual({
      source: home,
      target: '/home/node/.codex',
      isReadOnly: true,
    });
    expect((await readdir(home)).sort()).toEqual(['.env', 'config.toml']);
    const text = await readFile(join(home, 'config.toml'), 'utf8');
    expect(text).toContain('model_verbosity = "low" # mine');
    expect(text).toContain('check_for_update_on_startup = false');
  },
);

test('settings of the CLI that are no TOML are given to the runner as they are', async () => {
  await using installation = await makeInstallation();
  const source = join(installation.paths.codexHome('team'), 'config.toml');
  await mkdir(installation.paths.codexHome('team'), { recursive: true });
  await writeFile(source, 'no toml');
  expect(await installation.plan({ provider: 'codex' })).toMatchObject({ ok: true });
  expect(await readFile(source, 'utf8')).toBe('no toml');
});

test.each(['config.toml', '.env'])(
  'a link in place of %s of the CLI is replaced and not followed',
  async (name) => {
    await using installation = await makeInstallation();
    const outside = join(installation.userHome, 'secret');
    await writeFile(outside, 'a = 1\n');
    const source = join(installation.paths.codexHome('team'), name);
    await mkdir(installation.paths.codexHome('team'), { recursive: true });
    await symlink(outside, source);
    await installation.plan();
    expect((await lstat(source)).isFile()).toBe(true);
    expect(await readFile(outside, 'utf8')).toBe('a = 1\n');
  },
);

test('a group is given the outlet that is chosen for it, and no container without one', async () => {
  await using installation = await makeInstallation();
  const plan = (planned: OutletPlan) =>
    createAgentPlanner({ ...installation.deps, planOutlet: () => planned })(makeGroup({}));
  const outlet = { kind: 'gateway', doorFolder: '/doors/team' } as const;
  expect(await plan({ ok: true, outlet })).toMatchObject({ spec: { outlet } });
  const refused = { ok: false, reason: 'The policy cannot be enforced.' } as const;
  expect(await plan(refused)).toEqual(refused);
});

test('the main group sees only the parts of the project that exist, and no .env', async () => {
  await using installation = await makeInstallation();
  const planned = await installation.plan({ isMain: true });
  const targets = planned.ok ? planned.spec.mounts.map(({ target }) => target) : [];
  expect(targets.filter((target) => target.includes('/project/'))).toEqual([
    '/workspace/project/src',
  ]);
});

test('an allowed extra mount is given by its real path', async () => {
  await using installation = await makeInstallation();
  await mkdir(join(installation.userHome, 'code', 'site'), { recursive: true });
  await symlink('site', join(installation.userHome, 'code', 'latest'));
  await installation.allow('~/code');
  const planned = await installation.plan(mounting('~/code/latest'));
  expect(planned.ok && planned.spec.mounts.at(-1)).toEqual({
    source: join(installation.userHome, 'code', 'site'),
    target: '/workspace/extra/site',
    isReadOnly: true,
    identity: expect.stringMatching(/^\d+:\d+$/),
  });
});

test('a link under an allowed root that leads out of it is refused', async () => {
  await using installation = await makeInstallation();
  await mkdir(join(installation.userHome, 'code'), { recursive: true });
  await mkdir(join(installation.userHome, 'private'));
  await symlink('../private', join(installation.userHome, 'code', 'site'));
  await installation.allow('~/code');
  expect(await installation.plan(mounting('~/code/site'))).toMatchObject({
    ok: false,
    reason: expect.stringContaining('no allowed root'),
  });
});

test('without an allowlist, or with a broken one, extra mounts are refused with its name', async () => {
  await using installation = await makeInstallation();
  const wanted = mounting(installation.userHome);
  const refusal = { ok: false, reason: expect.stringContaining('mount-allowlist.json') };
  expect(await installation.plan(wanted)).toMatchObject(refusal);
  await writeFile(
    join(installation.userHome, '.config', 'deckhand', 'mount-allowlist.json'),
    '{"allowedRoots": "everything"}',
  );
  expect(await installation.plan(wanted)).toMatchObject(refusal);
});

test("another group's folder, the data and the allowlist are refused even when allowed", async () => {
  await using installation = await makeInstallation();
  await installation.plan();
  await installation.allow('/');
  for (const path of [
    installation.paths.groupFolder('team'),
    installation.paths.data,
    installation.paths.home,
    installation.userHome,
    '~/.config',
  ]) {
    expect(await installation.plan(mounting(path))).toMatchObject({
      ok: false,
      reason: expect.stringContaining("Deckhand's own"),
    });
  }
});

test('two extra mounts in one place are refused', async () => {
  await using installation = await makeInstallation();
  await mkdir(join(installation.userHome, 'code'), { recursive: true });
  await installation.allow('~/code');
  const mount = { hostPath: '~/code', containerPath: 'x' };
  const planned = await installation.plan({
    containerConfig: { additionalMounts: [mount, mount] },
  });
  expect(planned).toMatchObject({ ok: false, reason: 'two mounts want /workspace/extra/x' });
});
