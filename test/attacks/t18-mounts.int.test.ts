import { execFile } from 'node:child_process';
import { mkdir, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { startAgent } from '../../src/containers/agent-starter.ts';
import { createDockerRuntime } from '../../src/containers/docker-runtime.ts';
import { verifyMounts } from '../../src/containers/mount-identity.ts';
import { AgentKit, endless, makeGroup, makeRequest, recordRun } from '../docker/agent-kit.ts';
import { BASE_IMAGE, requireBaseImage } from '../docker/engine.ts';

const run = promisify(execFile);
const mount = (hostPath: string) => ({ hostPath, containerPath: 'x', readonly: true });

/** A folder `shared/site` that groups may have, beside one with a secret. */
async function makeShared(kit: AgentKit) {
  const shared = join(await realpath(kit.home), 'shared');
  const site = join(shared, 'site');
  const allowlist = join(kit.home, 'user', '.config', 'deckhand', 'mount-allowlist.json');
  await mkdir(site, { recursive: true });
  await writeFile(join(site, 'page'), 'a page');
  await mkdir(join(shared, '..', 'secret'));
  await writeFile(join(shared, '..', 'secret', 'page'), 'a secret');
  await mkdir(dirname(allowlist), { recursive: true });
  await writeFile(allowlist, JSON.stringify({ allowedRoots: [{ path: shared }] }), { mode: 0o600 });
  const group = makeGroup('team', { containerConfig: { additionalMounts: [mount(site)] } });
  return { shared, site, group };
}

async function exchange(site: string): Promise<void> {
  await rename(site, `${site}-kept`);
  await symlink('../secret', site);
}

test('T18: an agent reads a mount that is allowed and cannot write it', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const { group } = await makeShared(kit);
  const request = makeRequest('r1', 'sh cat /workspace/extra/x/page; touch /workspace/extra/x/y');
  const outcome = await kit.runner().run(request, group, recordRun().handlers, endless);
  expect(outcome).toMatchObject({ text: expect.stringMatching(/a page.*Read-only/s) });
});

test('T18: a mount that is exchanged for a link after the look at it starts no agent', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const { site, group } = await makeShared(kit);
  const planned = await kit.planAgent(group);
  if (!planned.ok) throw new Error(planned.reason);
  await exchange(site);
  const deps = { runtime: kit.runtime, logger: kit.logger, readyTimeoutMs: 30_000 };
  const start = startAgent(deps, planned.spec, 'f', 'r1', endless);
  await expect(start).rejects.toThrow('was exchanged');
  expect(await kit.containers()).toEqual([]);
});

test('T18: a mount that is exchanged for the moment of the start alone starts no agent either', async (context) => {
  context.skip(process.getuid?.() !== 0, "only root sees into another user's process");
  const machine = await requireBaseImage(context);
  await using kit = await AgentKit.create(machine);
  const { site, group } = await makeShared(kit);
  const planned = await kit.planAgent(group);
  if (!planned.ok) throw new Error(planned.reason);
  const docker = exchangedAtStart(machine, site);
  const runtime = createDockerRuntime({ docker, logger: kit.logger, settings: kit.settings() });
  const deps = { runtime, logger: kit.logger, readyTimeoutMs: 30_000 };
  await expect(startAgent(deps, planned.spec, 'f', 'r1', endless)).rejects.toThrow('was exchanged');
  expect(await kit.containers()).toEqual([]);
});

/** An engine whose containers find the link in place of the mount when they start, and nobody afterwards. */
function exchangedAtStart(machine: Docker, site: string): Docker {
  const docker: Docker = Object.create(machine);
  docker.createContainer = async (options) => {
    const container = await machine.createContainer(options);
    const start = container.start.bind(container);
    container.start = async () => {
      await exchange(site);
      const started: unknown = await start();
      await rm(site);
      await rename(`${site}-kept`, site);
      return started;
    };
    return container;
  };
  return docker;
}

test('T18: what a container was given is compared by itself, and a container of which nothing can be seen passes', async (context) => {
  context.skip(process.getuid?.() !== 0, "only root sees into another user's process");
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const { site, group } = await makeShared(kit);
  const record = recordRun();
  await kit.runner().run(makeRequest('r1', 'echo 1'), group, record.handlers, endless);
  const { State } = await kit.docker.getContainer(record.containers[0]!).inspect();
  const planned = await kit.planAgent(group);
  if (!planned.ok) throw new Error(planned.reason);
  await verifyMounts(planned.spec.mounts, State.Pid);
  await verifyMounts(planned.spec.mounts, 0);
  await rm(site, { recursive: true });
  await mkdir(site);
  const anew = await kit.planAgent(group);
  if (!anew.ok) throw new Error(anew.reason);
  await expect(verifyMounts(anew.spec.mounts, State.Pid)).rejects.toThrow('was exchanged');
});

test('T18: what is mounted below a read-only mount is not given, where it could be written', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root can mount');
  const docker = await requireBaseImage(context);
  await using kit = await AgentKit.create(docker);
  const { site, group } = await makeShared(kit);
  const disk = join(site, 'disk');
  await mkdir(disk);
  await run('mount', ['-t', 'tmpfs', '-o', 'mode=1777', 'tmpfs', disk]);
  try {
    const request = makeRequest('r1', 'write /workspace/extra/x/disk/f');
    const outcome = await kit.runner().run(request, group, recordRun().handlers, endless);
    expect(outcome).toMatchObject({ text: '{"/workspace/extra/x/disk/f":"EROFS"}' });
    expect(await writesBelow(docker, site)).toBe(true);
  } finally {
    await run('umount', [disk]);
  }
});

/** Whether a container with a plain read-only mount can write what is mounted below it. */
async function writesBelow(docker: Docker, source: string): Promise<boolean> {
  const container = await docker.createContainer({
    Image: BASE_IMAGE,
    Cmd: ['touch', '/x/disk/f'],
    HostConfig: { Mounts: [{ Type: 'bind', Source: source, Target: '/x', ReadOnly: true }] },
  });
  try {
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    return StatusCode === 0;
  } finally {
    await container.remove({ force: true });
  }
}
