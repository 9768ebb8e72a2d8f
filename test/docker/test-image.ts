import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { createDockerClient } from '../../src/containers/docker-client.ts';
import { BASE_IMAGE } from './engine.ts';

export interface TestImage {
  readonly docker: Docker;
  /** Tag of the image; the host takes it for somebody else's and leaves it alone. */
  readonly image: string;
}

/**
 * Builds an agent image of a few files on the base image, which is made when it is missing; the first of the files is
 * its Dockerfile. Rejects when no engine answers.
 */
export async function buildTestImage(
  name: string,
  folder: string,
  files: readonly [dockerfile: string, ...string[]],
): Promise<TestImage> {
  const docker = await createDockerClient({ dockerHost: process.env['DOCKER_HOST'] });
  await promisify(execFile)(join(import.meta.dirname, 'make-base-image.sh'), [BASE_IMAGE]);
  const image = `${name}:${await hashFiles(folder, files)}`;
  const output = await docker.buildImage(
    { context: folder, src: [...files] },
    { t: image, dockerfile: files[0], buildargs: { BASE_IMAGE } },
  );
  const steps = await text(output);
  if (steps.includes('"error"')) throw new Error(`${name} was not built: ${steps}`);
  return { docker, image };
}

async function hashFiles(folder: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}
