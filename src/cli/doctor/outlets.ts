import type Docker from 'dockerode';
import type { Config } from '../../config.ts';
import { findDoorSupport } from '../../containers/door-support.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { type DoorSupport, decideOutlet, type OutletSettings } from '../../core/outlet.ts';
import { type HostPaths, hostPaths } from '../../paths.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

export interface OutletSubject {
  readonly config: Config;
  readonly platform: NodeJS.Platform;
  /** Undefined where agents need no engine, and when it does not answer. */
  readonly docker: Docker | undefined;
}

/** How agents reach their models and the outside, and which groups are not served because that cannot be as they want. */
export async function checkOutlets(
  { config, platform, docker }: OutletSubject,
  groups: readonly RegisteredGroup[],
): Promise<Finding[]> {
  const doors = await findDoors(config, platform, docker);
  if (doors === undefined) return [];
  const { credentials, egress } = config;
  const settings = { credentials, egress: egress.policy, doors };
  const paths = hostPaths(config.home);
  const refused = groups.flatMap((group) => {
    const decision = decideOutlet(group, settings);
    if (decision.ok) return [];
    const detail = `${group.folder} is not served: ${decision.reason}`;
    return [problem('outlets.refused', detail, mendFor(group, settings, paths))];
  });
  if (refused.length > 0) return refused;
  if (credentials === 'auto' && config.runtime === 'docker' && !doors.ok)
    return [mounted(doors.reason)];
  return [ok('outlets', describe(groups, settings))];
}

async function findDoors(
  { runtime }: Config,
  platform: NodeJS.Platform,
  docker: Docker | undefined,
): Promise<DoorSupport | undefined> {
  if (runtime === 'process') return { ok: false, reason: 'agents are plain processes here' };
  return docker && (await findDoorSupport(docker, platform));
}

/** What would have the group served. Its credentials first, so that a policy is given up where nothing else helps. */
function mendFor(
  group: RegisteredGroup,
  settings: OutletSettings,
  { registrations }: HostPaths,
): string {
  const { containerConfig, folder } = group;
  const isOwn = containerConfig?.credentials !== undefined;
  const credentials = settings.doors.ok ? 'proxy' : 'mounted';
  const otherwise = { ...group, containerConfig: { ...containerConfig, credentials } } as const;
  const open = { ...group, egress: { policy: 'open' } } as const;
  const change = isOwn
    ? `Set containerConfig.credentials to "${credentials}" in ${registrations}.`
    : 'Set CREDENTIALS=auto in .env and start the host anew.';
  const giveUp =
    'Take a Docker engine on the same Linux, or, if its agent may reach everything:\n' +
    `$ npx deckhand groups set ${folder} --egress open`;
  if (decideOutlet(otherwise, settings).ok) return change;
  return decideOutlet(open, settings).ok ? giveUp : `${change} ${giveUp}`;
}

function mounted(reason: string): Finding {
  return warning(
    'outlets.mounted',
    `credentials are in the containers, which have a network, because ${reason}`,
    'Take a Docker engine on a Linux of its own for groups that you do not trust; CREDENTIALS=mounted in .env says that this is meant.',
  );
}

const BY_DOOR = 'reach their models and the outside through the host alone';

/** Of groups that are all served. */
function describe(groups: readonly RegisteredGroup[], settings: OutletSettings): string {
  const byNetwork = groups.filter((group) => {
    const decision = decideOutlet(group, settings);
    return decision.ok && decision.kind === 'network';
  });
  const own = 'a network and credentials of their own';
  if (byNetwork.length === 0) return `agents ${BY_DOOR}`;
  if (byNetwork.length === groups.length) return `agents have ${own}`;
  return `${byNetwork.map(({ folder }) => folder).join(', ')} with ${own}, all others ${BY_DOOR}`;
}
