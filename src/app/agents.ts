import { join } from 'node:path';
import type Docker from 'dockerode';
import { systemNow } from '../clock.ts';
import { type Config, ConfigError } from '../config.ts';
import { createAgentPlanner } from '../containers/agent-planner.ts';
import { createAgentRunner } from '../containers/agent-runner.ts';
import type { AgentRuntime } from '../containers/agent-runtime.ts';
import { type AgentUser, chooseAgentUser } from '../containers/agent-user.ts';
import { findBehindDoors } from '../containers/behind-doors.ts';
import { createDockerClient } from '../containers/docker-client.ts';
import { EngineUnreachableError } from '../containers/docker-errors.ts';
import { createDockerRuntime } from '../containers/docker-runtime.ts';
import { findDoorSupport } from '../containers/door-support.ts';
import { createFolderOwner } from '../containers/folder-owner.ts';
import { ensureImage } from '../containers/image.ts';
import { oneOffOwner, sweepOneOffs } from '../containers/one-off.ts';
import { mayServe } from '../containers/process-guard.ts';
import { createProcessRuntime } from '../containers/process-runtime.ts';
import { reapContainers } from '../containers/reaper.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { DoorSupport } from '../core/outlet.ts';
import { createDiskGuard } from '../disk/disk-guard.ts';
import type { Logger } from '../logger.ts';
import type { HostPaths } from '../paths.ts';
import type { AgentRunner } from '../ports.ts';
import { waitUnlessAborted } from '../wait.ts';
import { Outlets } from './outlets.ts';

export interface AgentsDeps {
  readonly paths: HostPaths;
  readonly projectRoot: string;
  readonly installationId: string;
  readonly logger: Logger;
  /** Where the door of a group lies. */
  readonly doorFolder: (folder: string) => string;
  /** The registration of the moment; undefined for a group that has none. */
  readonly findByFolder: (folder: string) => RegisteredGroup | undefined;
  /** Set for agents of one command beside the host: the two never touch each other's. */
  readonly oneOff?: OneOffAgents;
}

interface OneOffAgents {
  /** Folder for the links that stand in for mounts, not used by anybody else. */
  readonly processRoot: string;
  /** One line of build output, without a newline. */
  readonly onProgress: (line: string) => void;
}

export interface Agents {
  readonly runner: AgentRunner;
  readonly outlets: Outlets;
  /** Finds out how containers can reach the outside, on which their credentials depend. Done by `prepare` as well. */
  findDoors(): Promise<void>;
  /** The folders whose agents, left by an earlier host, have a door, whatever new ones would be given. */
  findBehindDoors(): Promise<ReadonlySet<string>>;
  /** Gives a file in a mounted folder to the user that agents run as. */
  handOver(path: string): Promise<void>;
  /**
   * Makes agents possible: builds the image when it is missing or older than the code, removes what an earlier
   * host left. Containers of `keepFolders` stay, a run in them may be adopted.
   */
  prepare(keepFolders: ReadonlySet<string>, signal: AbortSignal): Promise<void>;
}

const NOT_ASKED: DoorSupport = { ok: false, reason: 'the Docker engine has not been asked' };
const NO_CONTAINERS: DoorSupport = { ok: false, reason: 'agents are plain processes here' };

/** Agents in containers, or in plain processes for the demo and tests. */
export async function createAgents(config: Config, deps: AgentsDeps): Promise<Agents> {
  switch (config.runtime) {
    case 'docker': {
      const docker = await createDockerClient({
        dockerHost: config.dockerHost,
        dockerConfigFolder: join(config.userHome, '.docker'),
      });
      const outlets = new Outlets(config, deps.doorFolder, NOT_ASKED);
      const findDoors = async () => {
        await requireEngine(docker);
        outlets.setDoors(await findDoorSupport(docker, process.platform));
      };
      return {
        runner: createRunner(config, deps, dockerRuntime(docker, config, deps), outlets),
        outlets,
        findDoors,
        findBehindDoors: () => findBehindDoors(docker, deps.installationId),
        handOver: createFolderOwner(agentUser()),
        async prepare(keepFolders, signal) {
          await findDoors();
          await prepareDocker(docker, config, deps, keepFolders, signal);
        },
      };
    }
    case 'process':
      return processAgents(config, deps);
    default:
      return config.runtime satisfies never;
  }
}

function createRunner(
  config: Config,
  deps: AgentsDeps,
  runtime: AgentRuntime,
  outlets: Outlets,
): AgentRunner {
  const planAgent = createAgentPlanner({
    ...deps,
    planOutlet: (group) => outlets.plan(group),
    userHome: config.userHome,
    allowlistFile: config.mountAllowlistPath,
    memoryMb: config.containerMemoryMb,
    cpus: config.containerCpus,
  });
  const disk = createDiskGuard({
    ...deps,
    quotaMb: config.diskQuotaMb,
    reserveMb: config.diskReserveMb,
    now: systemNow,
    wait: waitUnlessAborted,
  });
  return createAgentRunner({ ...config, runtime, planAgent, disk, logger: deps.logger });
}

function dockerRuntime(docker: Docker, config: Config, deps: AgentsDeps): AgentRuntime {
  const isOneOff = deps.oneOff !== undefined;
  return createDockerRuntime({
    docker,
    logger: deps.logger,
    settings: {
      installationId: isOneOff ? oneOffOwner(deps.installationId) : deps.installationId,
      endsWithStarter: isOneOff,
      image: config.containerImage,
      user: agentUser(),
      runtime: config.containerRuntime,
      env: { TZ: config.timeZone },
    },
  });
}

function agentUser(): AgentUser {
  const { uid, gid } = hostIds();
  return chooseAgentUser(uid, gid);
}

/** On Windows there are no ids; Docker Desktop maps the mounts there to whoever asks. */
function hostIds(): { uid: number; gid: number } {
  return { uid: process.getuid?.() ?? 1000, gid: process.getgid?.() ?? 1000 };
}

async function prepareDocker(
  docker: Docker,
  config: Config,
  deps: AgentsDeps,
  keepFolders: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const { logger, projectRoot, installationId, oneOff } = deps;
  const image = await ensureImage({
    docker,
    tag: config.containerImage,
    projectRoot,
    baseImage: config.baseImage,
    onProgress: oneOff?.onProgress ?? ((line) => logger.info({ line }, 'building the agent image')),
    signal,
  });
  logger.info({ image: image.id, status: image.status }, 'agent image is ready');
  await sweepOneOffs({ docker, installationId, logger, now: systemNow });
  if (oneOff === undefined) await reapContainers({ docker, installationId, keepFolders, logger });
}

async function requireEngine(docker: Docker): Promise<void> {
  try {
    await docker.ping();
  } catch (error) {
    throw new EngineUnreachableError(error);
  }
}

/** Throws for a real WhatsApp account: its members would get a shell on this machine. */
function processAgents(config: Config, deps: AgentsDeps): Agents {
  const verdict = mayServe(config.whatsappUrl);
  if (!verdict.ok) throw new ConfigError(verdict.reason);
  const runtime = createProcessRuntime({
    ...deps,
    processRoot: deps.oneOff?.processRoot ?? join(deps.paths.data, 'process'),
    hostEnv: config.hostEnvironment,
    isRoot: hostIds().uid === 0,
    env: { TZ: config.timeZone },
  });
  const outlets = new Outlets(config, deps.doorFolder, NO_CONTAINERS);
  return {
    runner: createRunner(config, deps, runtime, outlets),
    outlets,
    findDoors: () => Promise.resolve(),
    findBehindDoors: () => Promise.resolve(new Set()),
    handOver: () => Promise.resolve(),
    prepare: () => Promise.resolve(),
  };
}
