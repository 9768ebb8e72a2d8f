import { randomUUID } from 'node:crypto';
import { AGENT_HOME, agentPaths } from '@deckhand/protocol';
import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import type { AgentSpec } from './agent-runtime.ts';
import type { AgentUser } from './agent-user.ts';
import { LABELS } from './labels.ts';

const MIB = 1024 * 1024;
/** Processes and threads; Chromium alone takes about 120. */
const PIDS_LIMIT = 512;
/** Both count against the memory limit. */
const TMP_SIZE_MB = 512;
const HOME_SIZE_MB = 256;
/** Adoption reads the events of a run back from Docker's log, so it must hold the longest run. */
const LOG_FILE_MB = 32;
const LOG_FILES = 3;
/** How the host is called in a container that may reach it. */
const HOST_ALIAS = 'host.docker.internal';

/** Settings of the installation that every container shares. */
export interface ContainerSettings {
  readonly installationId: string;
  /** Tag of the agent image. */
  readonly image: string;
  readonly user: AgentUser;
  /** Docker network; the default bridge when absent. Host and container namespaces are refused. */
  readonly network?: string | undefined;
  /** Makes the host reachable as `host.docker.internal`, for endpoints that listen there. */
  readonly mayReachHost?: boolean | undefined;
  /** Plain settings for the agent runner; secrets travel on stdin only. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The agent's input ends with whoever started it, and the agent with its input; a host is succeeded by the next. */
  readonly endsWithStarter?: boolean | undefined;
  /** Replaces the image's entrypoint. */
  readonly command?: readonly string[] | undefined;
}

export interface ContainerIdentity {
  readonly imageHash: string;
  readonly fingerprint: string;
  readonly runId: string;
}

/**
 * The only place where options of an agent's container are made: no capabilities, no new privileges,
 * read-only root, non-root user, no host namespaces, limits on memory, CPU, processes and log.
 * Throws on a network that would share another namespace.
 */
export function buildContainerOptions(
  settings: ContainerSettings,
  spec: AgentSpec,
  identity: ContainerIdentity,
): ContainerCreateOptions {
  return {
    name: `deckhand-${spec.folder}-${randomUUID().slice(0, 8)}`,
    Image: settings.image,
    ...(settings.command === undefined ? {} : { Entrypoint: [...settings.command], Cmd: [] }),
    User: `${settings.user.uid}:${settings.user.gid}`,
    WorkingDir: agentPaths().group,
    Env: Object.entries({ ...settings.env, HOME: AGENT_HOME }).map(([k, v]) => `${k}=${v}`),
    Labels: {
      [LABELS.installation]: settings.installationId,
      [LABELS.folder]: spec.folder,
      [LABELS.run]: identity.runId,
      [LABELS.fingerprint]: identity.fingerprint,
      [LABELS.imageHash]: identity.imageHash,
    },
    OpenStdin: true,
    // A host that goes away must not end the agent's input: the next one attaches again.
    StdinOnce: settings.endsWithStarter === true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    HostConfig: { ...hardening(spec, settings), Mounts: spec.mounts.map(toMount) },
  };
}

function hardening(
  spec: AgentSpec,
  settings: ContainerSettings,
): NonNullable<ContainerCreateOptions['HostConfig']> {
  const memory = Math.round(spec.memoryMb * MIB);
  return {
    AutoRemove: false,
    Init: true,
    Privileged: false,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs: true,
    // Any uid may come, so both are open to all; `exec` because agents run what they install or write.
    Tmpfs: {
      '/tmp': `rw,exec,nosuid,nodev,mode=1777,size=${TMP_SIZE_MB}m`,
      [AGENT_HOME]: `rw,exec,nosuid,nodev,mode=1777,size=${HOME_SIZE_MB}m`,
    },
    Memory: memory,
    MemorySwap: memory,
    NanoCpus: Math.round(spec.cpus * 1e9),
    PidsLimit: PIDS_LIMIT,
    IpcMode: 'private',
    NetworkMode: checkNetwork(settings.network ?? 'bridge'),
    ...(settings.mayReachHost === true ? { ExtraHosts: [`${HOST_ALIAS}:host-gateway`] } : {}),
    LogConfig: {
      Type: 'json-file',
      Config: { 'max-size': `${LOG_FILE_MB}m`, 'max-file': String(LOG_FILES) },
    },
    RestartPolicy: { Name: 'no' },
  };
}

function checkNetwork(network: string): string {
  if (/^[a-zA-Z0-9][\w.-]*$/.test(network) && network !== 'host') return network;
  throw new Error(`network "${network}" would share a namespace with the host or a container`);
}

function toMount(mount: AgentSpec['mounts'][number]): MountSettings {
  return {
    Type: 'bind',
    Source: mount.source,
    Target: mount.target,
    ReadOnly: mount.isReadOnly,
    BindOptions: { Propagation: 'rprivate' },
  };
}
