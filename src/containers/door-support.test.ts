import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { findDoorSupport } from './door-support.ts';
import { serveAnswers } from './engine-answers.fixture.ts';

/** What is said of an engine behind a Unix socket that tells this of itself. */
async function supportOf(info: unknown, platform: NodeJS.Platform = 'linux') {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'deckhand-engine-'));
  await using engine = await serveAnswers(join(folder.path, 'engine.sock'), { '/info': info });
  return await findDoorSupport(engine.docker, platform);
}

const LINUX = { OSType: 'linux', OperatingSystem: 'Debian GNU/Linux 12 (bookworm)' };

test('containers of an engine on the same Linux can use a door', async () => {
  expect(await supportOf(LINUX)).toEqual({ ok: true });
});

test.each([
  ['Docker Desktop on Linux', { ...LINUX, OperatingSystem: 'Docker Desktop' }, 'Docker Desktop'],
  ['an engine of Windows containers', { ...LINUX, OSType: 'windows' }, 'not those of Linux'],
])('containers of %s cannot', async (_name, info, reason) => {
  expect(await supportOf(info)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});

test.each(['darwin', 'win32'] as const)(
  'on %s containers are in a virtual machine, whatever the engine says',
  async (platform) => {
    const reason = expect.stringContaining('virtual machine');
    expect(await supportOf(LINUX, platform)).toEqual({ ok: false, reason });
  },
);

test('an engine that is reached over a network is taken for one on another machine', async () => {
  const docker = new Docker({ protocol: 'http', host: '127.0.0.1', port: 9 });
  expect(await findDoorSupport(docker, 'linux')).toMatchObject({
    reason: expect.stringContaining('on another machine'),
  });
});

test('what an engine does not tell is not taken for a yes', async () => {
  await expect(supportOf({ OSType: 'linux' })).rejects.toThrow('OperatingSystem');
});

test('an engine that does not answer says nothing of doors', async () => {
  const docker = new Docker({ socketPath: '/not/there/engine.sock' });
  await expect(findDoorSupport(docker, 'linux')).rejects.toThrow('ENOENT');
});
