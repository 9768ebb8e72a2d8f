import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import type { TestContext } from 'vitest';
import { createDockerClient } from '../../src/containers/docker-client.ts';
import { ensureImage } from '../../src/containers/image.ts';

export const projectRoot = join(import.meta.dirname, '..', '..');
/** Debian and Node only; stands in for node:24-bookworm-slim. */
export const BASE_IMAGE = 'deckhand-base:bookworm';
/** Two checkouts on one machine need a tag each, or they take turns in replacing each other's image. */
export const AGENT_IMAGE = process.env['CONTAINER_IMAGE'] || 'deckhand-agent:latest';

const isCi = process.env['CI'] === 'true';

/** Undefined when no engine answers; the reason is printed once per test file. */
export async function connectDocker(): Promise<Docker | undefined> {
  const docker = await createDockerClient({ dockerHost: process.env['DOCKER_HOST'] });
  try {
    await docker.ping();
    return docker;
  } catch (error) {
    return unavailable('no Docker engine is reachable', error);
  }
}

/**
 * Engine for one test: without one the test is skipped loudly, or fails under CI=true.
 * Call it first in the test: `const docker = await requireDocker(context)`.
 */
async function requireDocker(context: TestContext): Promise<Docker> {
  const docker = await connectDocker();
  if (docker === undefined) return context.skip('no Docker engine is reachable');
  return docker;
}

/** Engine with the base image present, made when it is missing (root and debootstrap; a minute). */
export async function requireBaseImage(context: TestContext): Promise<Docker> {
  const docker = await requireDocker(context);
  if (!(await ensureBaseImage())) return context.skip('the base image cannot be made here');
  return docker;
}

/** Engine with a current agent image, built when it is missing or older than the code (minutes at first). */
export async function requireAgentImage(context: TestContext): Promise<Docker> {
  const docker = await requireBaseImage(context);
  await ensureImage({ docker, tag: AGENT_IMAGE, projectRoot, baseImage: BASE_IMAGE });
  return docker;
}

async function ensureBaseImage(): Promise<boolean> {
  try {
    await promisify(execFile)(join(import.meta.dirname, 'make-base-image.sh'), [BASE_IMAGE]);
    return true;
  } catch (error) {
    unavailable('the base image cannot be made', error);
    return false;
  }
}

function unavailable(what: string, cause: unknown): undefined {
  if (isCi) throw new Error(`${what}, and CI=true forbids skipping`, { cause });
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  process.stderr.write(`\n*** SKIPPED: ${what} (${reason}); these tests prove nothing here\n`);
  return undefined;
}
