import { createDockerClient } from '../../src/containers/docker-client.ts';
import { ensureImage } from '../../src/containers/image.ts';
import { AGENT_IMAGE, BASE_IMAGE, projectRoot } from './engine.ts';

/** Builds the agent image on the stand-in base, as the tests and the demo use it. */
const docker = await createDockerClient({ dockerHost: process.env['DOCKER_HOST'] });
const built = await ensureImage({
  docker,
  tag: AGENT_IMAGE,
  projectRoot,
  baseImage: BASE_IMAGE,
  onProgress: (line) => void process.stdout.write(`${line}\n`),
});
process.stdout.write(`agent image ${AGENT_IMAGE} is ${built.status}\n`);
