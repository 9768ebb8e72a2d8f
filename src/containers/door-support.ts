import type Docker from 'dockerode';
import { z } from 'zod';
import type { DoorSupport } from '../core/outlet.ts';

/** What of the engine's `/info` tells where its containers run. */
const infoSchema = z.object({ OSType: z.string(), OperatingSystem: z.string() });

/** Of a client of a local engine: the socket's path, or what finds it when neither DOCKER_HOST nor a context names one. */
const modemSchema = z.object({ socketPath: z.union([z.string(), z.function()]).optional() });

/**
 * Whether containers of this engine can use a Unix socket of this machine through a mount: both must share one kernel.
 * Docker Desktop runs them in a virtual machine, also on Linux (`OperatingSystem` of its engine is its name). Rejects
 * when the engine does not answer.
 */
export async function findDoorSupport(
  docker: Docker,
  platform: NodeJS.Platform,
): Promise<DoorSupport> {
  if (platform !== 'linux') return not('containers run in a virtual machine on this system');
  const { socketPath } = modemSchema.parse(docker.modem);
  if (socketPath === undefined) return not('the Docker engine is on another machine');
  const { OSType, OperatingSystem } = infoSchema.parse(await docker.info());
  if (OSType !== 'linux') return not('its containers are not those of Linux');
  if (OperatingSystem === 'Docker Desktop') return not('Docker Desktop shares no sockets');
  return { ok: true };
}

function not(reason: string): DoorSupport {
  return { ok: false, reason };
}
