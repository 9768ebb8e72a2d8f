import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import type { EgressDenial, EgressPolicy } from '../../../src/core/egress.ts';
import { parseHostRules } from '../../../src/core/egress-policy.ts';
import { readLocalNetworks } from '../../../src/egress/local-networks.ts';
import type { Resolution } from '../../../src/egress/resolve-name.ts';
import { createServeOutside } from '../../../src/egress/serve-outside.ts';
import { createLogger } from '../../../src/logger.ts';
import type { ServeOutside } from '../../../src/ports.ts';
import { GatewayWorld } from '../../gateway/gateway-world.ts';
import { attackThroughDoor, attackWithNetwork } from './attacker.ts';
import { Canary } from './canary.ts';
import { Neighbour } from './neighbour.ts';
import type { Attempt } from './targets.ts';

export interface EgressAttack {
  readonly docker: Docker;
  /** The host's door alone, or a network: a positive control. */
  readonly outlet: 'door' | 'network';
  readonly policy: EgressPolicy;
  /** Lets the group reach the canary by EGRESS_PRIVATE_HOSTS: a positive control. */
  readonly isCanaryAllowed?: boolean;
}

export interface EgressFindings {
  readonly attempts: readonly Attempt[];
  /** Connections and datagrams that have reached this machine, or another container. */
  readonly touches: number;
  readonly denials: readonly EgressDenial[];
}

/** Tries to get out of a container in every way that is known, and looks at what arrived outside. */
export async function attackEgress(attack: EgressAttack): Promise<EgressFindings> {
  const { docker, outlet } = attack;
  const secret = `canary-${randomBytes(8).toString('hex')}`;
  const { canary, ...ports } = await Canary.start(secret);
  await using _canary = canary;
  await using neighbour = await Neighbour.start(docker, secret);
  const host = await findBridgeAddress(docker);
  const own = attack.isCanaryAllowed ? [`${host}:${ports.port}`] : [];
  await using world = await GatewayWorld.start(serveNames(neighbour.address, own));
  world.policy = attack.policy;
  const targets = { host, ...ports, neighbour: neighbour.address, secret };
  const attempts =
    outlet === 'door'
      ? await attackThroughDoor(docker, world, targets)
      : await attackWithNetwork(docker, targets);
  const touches = canary.touches + (await neighbour.countTouches());
  return { attempts, touches, denials: world.denials };
}

/** At this address of the machine its containers reach it when they have the engine's usual network. */
export async function findBridgeAddress(docker: Docker): Promise<string> {
  const { IPAM } = await docker.getNetwork('bridge').inspect();
  const gateway = IPAM?.Config?.[0]?.['Gateway'];
  if (gateway === undefined) throw new Error("the engine's bridge has no address");
  return gateway;
}

/** The way outside as a host has it, but for names, which the attacker owns. */
function serveNames(neighbour: string, privateHosts: readonly string[]): ServeOutside {
  const names: Readonly<Record<string, string>> = {
    'evil.test': '127.0.0.1',
    'allowed.test': '127.0.0.1',
    localhost: '127.0.0.1',
    'neighbour.test': neighbour,
  };
  const resolve = async (name: string): Promise<Resolution> => {
    const address = names[name];
    return address === undefined
      ? { status: 'unknown' }
      : { status: 'found', addresses: [address] };
  };
  return createServeOutside({
    logger: createLogger('silent'),
    privateHosts: parseHostRules(privateHosts),
    resolveName: resolve,
    resolveOwnName: resolve,
    readLocalNetworks,
    maxRequests: 64,
    idleMs: 60_000,
    connectTimeoutMs: 10_000,
  });
}
