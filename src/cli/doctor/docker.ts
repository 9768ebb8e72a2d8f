import type Docker from 'dockerode';
import { z } from 'zod';
import { errorText } from '../../containers/docker-errors.ts';
import { type CliContext } from '../context.ts';
import { configuredEngine, connectEngine } from '../engine-client.ts';
import { type Finding, ok, problem } from './finding.ts';

const versionSchema = z.object({ Version: z.string(), ApiVersion: z.string() });
const codeSchema = z.object({ code: z.string() });

export interface DockerCheck {
  readonly finding: Finding;
  /** Absent when the engine does not answer. */
  readonly docker?: Docker;
}

/** Whether the engine answers, else how it is installed or started on this kind of system. */
export async function checkDocker(
  context: CliContext,
  platform: NodeJS.Platform,
): Promise<DockerCheck> {
  try {
    const docker = await connectEngine(context);
    const { Version, ApiVersion } = versionSchema.parse(await docker.version());
    return { docker, finding: ok('docker', `engine ${Version} (API ${ApiVersion})`) };
  } catch (error) {
    context.signal.throwIfAborted();
    const address = configuredEngine(context);
    const at = address === undefined ? '' : ` at ${address} (DOCKER_HOST)`;
    const id = isForbidden(error) ? 'docker.forbidden' : 'docker.unreachable';
    const detail = `the engine${at} does not answer: ${errorText(error)}`;
    return { finding: problem(id, detail, mendDocker(error, platform, address !== undefined)) };
  }
}

function isForbidden(error: unknown): boolean {
  const code = codeSchema.safeParse(error).data?.code;
  return code === 'EACCES' || code === 'EPERM';
}

/** What to do about an engine that does not answer, by the way it failed and the kind of system. */
export function mendDocker(
  error: unknown,
  platform: NodeJS.Platform,
  isConfigured: boolean,
): string {
  if (isForbidden(error)) {
    return 'This user may not use Docker. Run this, then log out and in again:\n$ sudo usermod -aG docker "$USER"';
  }
  if (isConfigured) return 'Start the engine there, or remove or correct DOCKER_HOST.';
  return INSTALL[platform] ?? 'Install Docker Engine and start it.';
}

const INSTALL: Partial<Record<NodeJS.Platform, string>> = {
  linux:
    'Start it:\n$ sudo systemctl start docker\n' +
    'If it is not installed, on Debian or Ubuntu:\n$ sudo apt-get install docker.io',
  darwin:
    'Start Docker Desktop. If it is not installed:\n$ brew install --cask docker\n$ open -a Docker',
  win32: 'Start Docker Desktop. If it is not installed:\n$ winget install Docker.DockerDesktop',
};
