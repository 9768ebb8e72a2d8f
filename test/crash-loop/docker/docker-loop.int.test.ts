import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { requireBaseImage } from '../../docker/engine.ts';

const PROGRAM = join(import.meta.dirname, '..', 'main.ts');

test('a host with real containers that is killed over and over loses nothing, does nothing twice and leaves no container', async (context) => {
  await requireBaseImage(context);
  const folder = await mkdtemp(join(tmpdir(), 'dh-loop-'));
  const argv = ['--runtime', 'docker', '--kills', '10', '--seed', '20261121', '--json'];
  const env = {
    PATH: process.env['PATH'],
    DOCKER_HOST: process.env['DOCKER_HOST'],
    TMPDIR: folder,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...argv], { env });
  expect(JSON.parse(stdout)).toMatchObject({
    kills: 10,
    lost: 0,
    duplicated: 0,
    slotsTwice: 0,
    requestsTwice: 0,
    requestsLost: 0,
    runsTwice: 0,
    orphans: 0,
    broken: 0,
    unexplained: 0,
  });
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
}, 600_000);
