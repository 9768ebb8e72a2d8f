import type Docker from 'dockerode';

export interface ModelReach {
  /** Address for the scripted endpoints to listen on. */
  readonly listenHost: string;
  /** Name under which agents find that address. */
  readonly agentHost: string;
}

/** Agents without isolation share our loopback. */
export const LOOPBACK_REACH: ModelReach = { listenHost: '127.0.0.1', agentHost: '127.0.0.1' };

/**
 * How a container reaches endpoints on this machine: by the gateway of the default bridge, an address of this
 * machine on Linux. Docker Desktop runs its bridge in a virtual machine and forwards a name to our loopback.
 */
export async function dockerReach(docker: Docker): Promise<ModelReach> {
  const info: { OperatingSystem?: string } = await docker.info();
  if (info.OperatingSystem?.includes('Docker Desktop')) {
    return { listenHost: '127.0.0.1', agentHost: 'host.docker.internal' };
  }
  const bridge = await docker.getNetwork('bridge').inspect();
  const configs = bridge.IPAM?.Config ?? [];
  const gateway =
    configs.find((config) => config.Gateway !== undefined)?.Gateway ??
    firstAddress(configs[0]?.Subnet);
  if (gateway === undefined) throw new Error('the default bridge network has no gateway address');
  return { listenHost: gateway, agentHost: gateway };
}

/** Docker's choice for a gateway that it does not tell: 20.10 tells it from its second start on. */
function firstAddress(subnet: string | undefined): string | undefined {
  return /^(?<network>\d+\.\d+\.\d+)\.0\/\d+$/
    .exec(subnet ?? '')
    ?.groups?.['network']?.concat('.1');
}
