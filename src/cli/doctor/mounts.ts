import { lstat } from 'node:fs/promises';
import type Docker from 'dockerode';
import type { Config } from '../../config.ts';
import { createAgentPlanner } from '../../containers/agent-planner.ts';
import type { AgentSpec } from '../../containers/agent-runtime.ts';
import { chooseAgentUser } from '../../containers/agent-user.ts';
import type { ContainerSettings } from '../../containers/container-options.ts';
import { oneOffOwner } from '../../containers/one-off.ts';
import { type RoundTrip, tryMounts } from '../../containers/round-trip.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { isErrno } from '../../errno.ts';
import { createLogger } from '../../logger.ts';
import type { HostPaths } from '../../paths.ts';
import { type Finding, ok, problem } from './finding.ts';
import { judgeTrial } from './mount-words.ts';

/** Containers at the same time, and groups in all: each takes about a second. */
const AT_ONCE = 2;
const MAX_GROUPS = 20;

export interface MountsDeps {
  readonly docker: Docker;
  readonly config: Config;
  readonly paths: HostPaths;
  readonly projectRoot: string;
  /** Undefined before the first start. */
  readonly installationId: string | undefined;
}

/**
 * Proves for each group that its agents can write where they must and only there, with a container as for a run. A
 * group that has never run is left out: its folders are made by its first run.
 */
export async function checkMounts(
  deps: MountsDeps,
  groups: readonly RegisteredGroup[],
  signal: AbortSignal,
): Promise<Finding[]> {
  const ready: RegisteredGroup[] = [];
  for (const group of groups) if (await hasFolders(deps.paths, group.folder)) ready.push(group);
  const waiting = ready.slice(0, MAX_GROUPS);
  const tried = waiting.length;
  const findings: Finding[] = [];
  const tryRest = async () => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      findings.push(...(await checkGroup(deps, group, signal)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, tryRest));
  if (findings.length > 0 || groups.length === 0) return findings;
  return [ok('mounts', describeTried(tried, groups.length, settingsOf(deps)))];
}

function describeTried(tried: number, all: number, { user }: ContainerSettings): string {
  if (tried === 0) return 'not tried: no group has run yet';
  const left = all - tried;
  const rest = left === 0 ? '' : `; ${left} not tried, before a first run or beyond ${MAX_GROUPS}`;
  return `${tried} ${tried === 1 ? 'group' : 'groups'} written and read as user ${user.uid}${rest}`;
}

/** Whether a run has made them: trying is not to make anything. */
async function hasFolders(paths: HostPaths, folder: string): Promise<boolean> {
  const folders = [
    paths.groupFolder(folder),
    paths.ipc(folder),
    paths.codexHome(folder),
    paths.claudeHome(folder),
  ];
  try {
    for (const path of folders) await lstat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

async function checkGroup(
  deps: MountsDeps,
  group: RegisteredGroup,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { config, paths, projectRoot, docker } = deps;
  const { folder } = group;
  const plan = createAgentPlanner({
    paths,
    projectRoot,
    userHome: config.userHome,
    allowlistFile: config.mountAllowlistPath,
    memoryMb: config.containerMemoryMb,
    cpus: config.containerCpus,
    // Another check's.
    planOutlet: () => ({ ok: true, outlet: { kind: 'network' } }),
    logger: createLogger('silent'),
  });
  const planned = await plan(group);
  if (!planned.ok) {
    const mend = `No run of this group can start. Correct it, or its registration:\n$ npx deckhand groups list`;
    return [problem('mounts.refused', `${folder}: ${planned.reason}`, mend)];
  }
  const settings = settingsOf(deps);
  const trip = await tryMounts({ docker, settings }, planned.spec, signal);
  return await judgeTrip(planned.spec, trip, settings);
}

async function judgeTrip(
  { folder }: AgentSpec,
  trip: RoundTrip,
  { image, user }: ContainerSettings,
): Promise<Finding[]> {
  if (trip.status === 'failed') {
    const mend = `Let the image be built anew:\n$ docker image rm -f ${image}\n$ npx deckhand doctor --fix`;
    const detail = `${folder}: a container for it does not run: ${trip.reason}`;
    return [problem('mounts.failed', detail, mend)];
  }
  const findings: Finding[] = [];
  for (const trial of trip.trials) findings.push(...(await judgeTrial(folder, trial, user)));
  return findings;
}

function settingsOf({ config, installationId }: MountsDeps): ContainerSettings {
  return {
    installationId: oneOffOwner(installationId ?? 'new'),
    endsWithStarter: true,
    image: config.containerImage,
    user: chooseAgentUser(process.getuid?.() ?? 1000, process.getgid?.() ?? 1000),
    runtime: config.containerRuntime,
    env: { TZ: config.timeZone },
  };
}
