import { expect, test } from 'vitest';
import type { AgentMount } from '../core/mounts.ts';
import type { AgentOutlet, AgentSpec } from './agent-runtime.ts';
import { buildContainerOptions, type ContainerSettings } from './container-options.ts';

function build(spec: Partial<AgentSpec> = {}, settings: Partial<ContainerSettings> = {}) {
  return buildContainerOptions(
    {
      installationId: 'i',
      image: 'x',
      user: { uid: 1000, gid: 1000, mustOwnFolders: false },
      ...settings,
    },
    {
      folder: 'team',
      mounts: [],
      isWorkspaceReadOnly: false,
      memoryMb: 256,
      cpus: 1,
      outlet: { kind: 'network' },
      ...spec,
    },
    { imageHash: '', fingerprint: '', runId: '' },
  );
}

const mounting = (mount: Partial<AgentMount>) =>
  build({ mounts: [{ source: '/srv/x', target: '/workspace/x', isReadOnly: true, ...mount }] });

test('a container has the default bridge, or no network at all and the door read-only', () => {
  const outlet: AgentOutlet = { kind: 'gateway', doorFolder: '/srv/data/gateway/team' };
  expect(build().HostConfig).toMatchObject({ NetworkMode: 'bridge', Mounts: [] });
  expect(build({ outlet }).HostConfig).toMatchObject({
    NetworkMode: 'none',
    Mounts: [{ Source: '/srv/data/gateway/team', Target: '/run/deckhand', ReadOnly: true }],
  });
});

test('another runtime is named to the engine, and is a name and nothing else', () => {
  expect(build().HostConfig).not.toHaveProperty('Runtime');
  expect(build({}, { runtime: 'runsc' }).HostConfig).toMatchObject({ Runtime: 'runsc' });
  for (const runtime of ['', '../x', '/bin/sh', 'a b', '-x'])
    expect(() => build({}, { runtime })).toThrow('no name of a container runtime');
});

test.each([0, -1, 1, Number.NaN, Number.POSITIVE_INFINITY])(
  'a memory of %d MiB, which the engine takes for no limit or refuses, is refused',
  (memoryMb) => {
    expect(() => build({ memoryMb })).toThrow('no limit of memory');
  },
);

test.each([0, -1, 1e-10, Number.NaN, Number.POSITIVE_INFINITY])(
  '%d CPUs, which the engine takes for no limit or refuses, are refused',
  (cpus) => {
    expect(() => build({ cpus })).toThrow('no limit of CPUs');
  },
);

test.each([
  '/',
  '/proc',
  '/proc/1/root',
  '/sys/fs/cgroup',
  '/dev',
  '/etc/shadow',
  '/run/docker.sock',
  '/run/user/1000/podman/podman.sock',
  '/var/run/docker.sock',
  '/var',
])('a mount of %s is refused whoever planned it', (source) => {
  expect(() => mounting({ source })).toThrow("the system's");
});

test.each(['relative', '', '/srv/../etc', '/srv//x', '/srv/x/', '/srv/\0'])(
  'a mount source "%s" that is no plain path is refused',
  (source) => {
    expect(() => mounting({ source })).toThrow('no');
  },
);

test.each(['/', '/proc/x', '/sys', '/dev/shm', '/etc/passwd', '/usr/bin/node', '/app'])(
  'a mount over %s in the container is refused',
  (target) => {
    expect(() => mounting({ target })).toThrow('overlaps');
  },
);

test('two mounts in one place are refused, the door counted', () => {
  const outlet: AgentOutlet = { kind: 'gateway', doorFolder: '/srv/door' };
  const mounts = [{ source: '/srv/x', target: '/run/deckhand', isReadOnly: false }];
  expect(() => build({ mounts, outlet })).toThrow('two mounts want /run/deckhand');
});

test.each(['LD_PRELOAD', 'NODE_OPTIONS', 'PATH', 'a b', 'A=B', ''])(
  'an environment variable "%s" is refused',
  (name) => {
    expect(() => build({}, { env: { [name]: 'x' } })).toThrow('no setting');
  },
);

test('an agent never runs as root', () => {
  const user = { uid: 0, gid: 0, mustOwnFolders: false };
  expect(() => build({}, { user })).toThrow('must not run as user 0');
});

test('nothing that a spec holds beyond its fields reaches the engine', () => {
  const stray = { Privileged: true, HostConfig: { Privileged: true }, CapAdd: ['SYS_ADMIN'] };
  const mount = { source: '/srv/x', target: '/workspace/x', isReadOnly: true, ...stray };
  const spec = { mounts: [mount], ...stray };
  expect(build(spec, stray as Partial<ContainerSettings>)).toEqual({
    ...build({ mounts: [{ source: '/srv/x', target: '/workspace/x', isReadOnly: true }] }),
    name: expect.any(String),
  });
});
