import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { ConfigError } from '../config.ts';
import { createDockerClient } from '../containers/docker-client.ts';
import type { CliContext } from './context.ts';

/** An engine on this machine answers within milliseconds; a command must not wait for one that does not. */
const ANSWER_WITHIN_MS = 3_000;

/** The address of the engine when one is configured; also with a configuration that cannot be used. */
export function configuredEngine(context: CliContext): string | undefined {
  try {
    return context.loadConfig().dockerHost;
  } catch (error) {
    if (error instanceof ConfigError) return context.environment['DOCKER_HOST'] || undefined;
    throw error;
  }
}

/** The engine that the host would use, for short questions. */
export async function connectEngine(context: CliContext): Promise<Docker> {
  const docker = await createDockerClient({
    dockerHost: configuredEngine(context),
    dockerConfigFolder: join(homedir(), '.docker'),
  });
  // The modem reads it at every request; its types do not name it.
  Object.assign(docker.modem, { timeout: ANSWER_WITHIN_MS });
  return docker;
}
