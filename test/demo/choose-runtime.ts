import type Docker from 'dockerode';
import { createDockerClient } from '../../src/containers/docker-client.ts';
import { ensureImage } from '../../src/containers/image.ts';
import { AGENT_IMAGE } from '../docker/engine.ts';
import { dockerReach, LOOPBACK_REACH, type ModelReach } from '../world/model-reach.ts';
import type { DemoOptions } from './options.ts';
import type { Say } from './say.ts';

export interface ChosenRuntime {
  readonly runtime: 'docker' | 'process';
  readonly reach: ModelReach;
}

/** Containers where an engine and the image can be had, plain processes otherwise; says which and why. */
export async function chooseRuntime(
  options: DemoOptions,
  projectRoot: string,
  say: Say,
): Promise<ChosenRuntime> {
  if (options.runtime === 'process') return withoutDocker(say, 'asked for by --runtime process');
  const docker = await createDockerClient({ dockerHost: process.env['DOCKER_HOST'] });
  const problem = await tryDocker(docker, projectRoot, say);
  if (problem === undefined) {
    say({ type: 'runtime', runtime: 'docker' }, 'Agents run in Docker containers.');
    return { runtime: 'docker', reach: await dockerReach(docker) };
  }
  if (options.runtime === 'docker') throw new Error(problem);
  return withoutDocker(say, problem);
}

function withoutDocker(say: Say, reason: string): ChosenRuntime {
  say(
    { type: 'runtime', runtime: 'process', reason },
    `Agents run as plain processes WITHOUT isolation (${reason}).`,
  );
  return { runtime: 'process', reach: LOOPBACK_REACH };
}

/** What is missing, or undefined when containers can be started. */
async function tryDocker(
  docker: Docker,
  projectRoot: string,
  say: Say,
): Promise<string | undefined> {
  try {
    await docker.ping();
  } catch (error) {
    return `no Docker engine is reachable: ${firstLine(error)}`;
  }
  try {
    const baseImage = process.env['BASE_IMAGE'];
    say(
      { type: 'image', status: 'checking' },
      'Checking the agent image; a first build takes minutes…',
    );
    const image = await ensureImage({ docker, tag: AGENT_IMAGE, projectRoot, baseImage });
    say({ type: 'image', status: image.status }, `The agent image is ${image.status}.`);
    return undefined;
  } catch (error) {
    return `the agent image cannot be built: ${firstLine(error)}`;
  }
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '';
}
