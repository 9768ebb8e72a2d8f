import { afterEach, expect, test, vi } from 'vitest';
import { createDockerClient } from './docker-client.ts';
import { findDoorSupport } from './door-support.ts';

const LINUX = { OSType: 'linux', OperatingSystem: 'Debian GNU/Linux 12 (bookworm)' };

afterEach(() => vi.unstubAllEnvs());

/** The program's own client, of an engine that says this of itself. */
async function clientOf(dockerHost: string | undefined, info: object = LINUX) {
  vi.stubEnv('DOCKER_HOST', undefined);
  return Object.assign(await createDockerClient({ dockerHost }), {
    info: () => Promise.resolve(info),
  });
}

test.each([
  ['that nothing names', undefined],
  ['that DOCKER_HOST names', 'unix:///run/user/1000/docker.sock'],
])('containers of a local engine %s can use a door', async (_, dockerHost) => {
  expect(await findDoorSupport(await clientOf(dockerHost), 'linux')).toEqual({ ok: true });
});

test.each([
  ['an engine on another machine', 'tcp://engine.example:2375', LINUX],
  ['Docker Desktop', undefined, { ...LINUX, OperatingSystem: 'Docker Desktop' }],
  ['an engine of Windows', undefined, { ...LINUX, OSType: 'windows' }],
])('containers of %s have none, and the reason is told', async (_, dockerHost, info) => {
  const support = await findDoorSupport(await clientOf(dockerHost, info), 'linux');
  expect(support).toEqual({ ok: false, reason: expect.stringMatching(/^\w.*[^.]$/) });
});

test('on another system than Linux there is none, whatever the engine', async () => {
  expect(await findDoorSupport(await clientOf(undefined), 'darwin')).toMatchObject({ ok: false });
});
