import type Docker from 'dockerode';
import type { Config } from '../../config.ts';
import { findDoorSupport } from '../../containers/door-support.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { type DoorSupport, decideOutlet } from '../../core/outlet.ts';
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
  const refused = groups.flatMap((group) => {
    const decision = decideOutlet(group, settings);
    return decision.ok ? [] : [refusal(group, decision.reason)];
  });
  if (refused.length > 0) return refused;
  if (credentials === 'auto' && config.runtime === 'docker' && !doors.ok)
    return [mounted(doors.reason)];
  return [ok('outlets', describe(config, doors))];
}

async function findDoors(
  { runtime }: Config,
  platform: NodeJS.Platform,
  docker: Docker | undefined,
): Promise<DoorSupport | undefined> {
  if (runtime === 'process') return { ok: false, reason: 'agents are plain processes here' };
  return docker && (await findDoorSupport(docker, platform));
}

function refusal({ folder }: RegisteredGroup, reason: string): Finding {
  const mend = `Change the group or the settings:\n$ deckhand groups set ${folder} --egress open`;
  return problem('outlets.refused', `${folder} is not served: ${reason}`, mend);
}

function mounted(reason: string): Finding {
  return warning(
    'outlets.mounted',
    `credentials are in the containers, which have a network, because ${reason}`,
    'Take a Docker engine on a Linux of its own for groups that you do not trust; CREDENTIALS=mounted in .env says that this is meant.',
  );
}

function describe({ credentials }: Config, doors: DoorSupport): string {
  return doors.ok && credentials !== 'mounted'
    ? 'agents reach their models and the outside through the host alone'
    : 'agents have a network and credentials of their own';
}
