import { randomUUID } from 'node:crypto';
import { AGENT_HOME, agentPaths } from '@deckhand/protocol';
import type { ContainerCreateOptions } from 'dockerode';
import type { AgentSpec } from './agent-runtime.ts';
import type { AgentUser } from './agent-user.ts';
import { buildLimits } from './container-limits.ts';
import { buildMounts } from './container-mounts.ts';
import { LABELS } from './labels.ts';

/** Both count against the memory limit. */
const TMP_SIZE_MB = 512;
const HOME_SIZE_MB = 256;
/** As the engine names a runtime in its own settings. */
const RUNTIME_NAME = /^[a-zA-Z0-9][\w.-]*$/;
/** Of the engine's API since 1.41; dockerode's types have it not yet. */
const OWN_CGROUPS = { CgroupnsMode: 'private' } as const;
const ENV_NAME = /^[A-Z][A-Z0-9_]*$/;

/** Settings of the installation that every container shares. */
export interface ContainerSettings {
  readonly installationId: string;
  /** Tag of the agent image. */
  readonly image: string;
  readonly user: AgentUser;
  /** Another runtime that the engine knows, such as gVisor's `runsc`; the engine's own when absent. */
  readonly runtime?: string | undefined;
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
 * The only place where options of an agent's container are made: no capabilities, no new privileges, read-only root,
 * non-root user, no namespace of the host or of another container, limits on memory, CPU, processes, open files and
 * log. Whatever is not written here is the engine's default, its seccomp profile and hidden paths of /proc among it.
 * Throws on what no planner may ask for.
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
    User: toUser(settings.user),
    WorkingDir: agentPaths().group,
    Env: Object.entries({ ...settings.env, HOME: AGENT_HOME }).map(toEnv),
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
    HostConfig: { ...hardening(spec, settings), ...buildLimits(spec), Mounts: buildMounts(spec) },
  };
}

function hardening(
  { outlet }: AgentSpec,
  { runtime }: ContainerSettings,
): NonNullable<ContainerCreateOptions['HostConfig']> {
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
    IpcMode: 'private',
    ...OWN_CGROUPS,
    NetworkMode: outlet.kind === 'gateway' ? 'none' : 'bridge',
    ...(runtime === undefined ? {} : { Runtime: checkRuntime(runtime) }),
    RestartPolicy: { Name: 'no' },
  };
}

function checkRuntime(runtime: string): string {
  if (RUNTIME_NAME.test(runtime)) return runtime;
  throw new Error(`"${runtime}" is no name of a container runtime`);
}

function toUser({ uid, gid }: AgentUser): string {
  if (Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 && gid >= 0) return `${uid}:${gid}`;
  throw new Error(`an agent must not run as user ${uid} of group ${gid}`);
}

/** What the loader or Node would run before the agent runner is nobody's setting. */
function toEnv([name, value]: readonly [string, string]): string {
  const isPlain = ENV_NAME.test(name) && !/^(?:LD_|NODE_|PATH$)/.test(name);
  if (isPlain && !value.includes('\0')) return `${name}=${value}`;
  throw new Error(`${name} is no setting of an agent runner`);
}
