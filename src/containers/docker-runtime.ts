import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import type { Logger } from '../logger.ts';
import type { AgentRuntime, AgentSpec, AgentStart, FoundAgent } from './agent-runtime.ts';
import { buildContainerOptions, type ContainerSettings } from './container-options.ts';
import { DockerAgent } from './docker-agent.ts';
import { isAlreadyDone, isNotFound } from './docker-errors.ts';
import { createFolderOwner } from './folder-owner.ts';
import { LABELS } from './labels.ts';
import { Leftovers } from './leftovers.ts';
import { verifyMounts } from './mount-identity.ts';

export interface DockerRuntimeDeps {
  readonly docker: Docker;
  readonly settings: ContainerSettings;
  readonly logger: Logger;
  /** See DockerAgentDeps. */
  readonly engineAnswerMs?: number | undefined;
}

interface Parts extends DockerRuntimeDeps {
  readonly leftovers: Leftovers;
}

interface ImageFacts {
  readonly id: string;
  readonly hash: string;
}

/** Agents in containers. See `buildContainerOptions` for what they may do. */
export function createDockerRuntime(given: DockerRuntimeDeps): AgentRuntime {
  const deps: Parts = { ...given, leftovers: new Leftovers(given) };
  const ownFolder = createFolderOwner(deps.settings.user);
  return {
    refuse: () => undefined,
    async fingerprint(spec) {
      const image = await inspectAgentImage(deps);
      return fingerprintOf(deps.settings, spec, image);
    },
    async start(start, signal) {
      // Two containers must not share a group's folder.
      await deps.leftovers.remove();
      const image = await inspectAgentImage(deps);
      for (const mount of writableFolders(start.spec)) await ownFolder(mount);
      signal.throwIfAborted();
      return startAgent(deps, start, image);
    },
    find: (folder) => findAgents(deps, folder),
    async adopt(found, feed) {
      const container = deps.docker.getContainer(found.id);
      const { State } = await container.inspect();
      return DockerAgent.adopt({ ...deps, container, feed }, State.Running);
    },
  };
}

/** A folder that an extra mount shares keeps its owner; the group's own folders are handed over. */
function writableFolders(spec: AgentSpec): string[] {
  return spec.mounts
    .filter(({ target }) => !/^\/workspace\/(extra|project|global)\//.test(target))
    .map(({ source }) => source);
}

async function startAgent(deps: Parts, start: AgentStart, image: ImageFacts): Promise<DockerAgent> {
  const { fingerprint, runId, feed, spec } = start;
  const identity = { imageHash: image.hash, fingerprint, runId };
  // By id: the image that was looked at, even when its tag moves meanwhile.
  const settings = { ...deps.settings, image: image.id };
  const container = await deps.docker.createContainer(
    buildContainerOptions(settings, spec, identity),
  );
  try {
    const agent = await DockerAgent.start({ ...deps, container, feed });
    // Nothing of a group has run in it yet.
    if (spec.mounts.some(({ identity }) => identity !== undefined)) {
      const { State } = await container.inspect();
      await verifyMounts(spec.mounts, State.Pid);
    }
    return agent;
  } catch (error) {
    await removeQuietly(deps, container);
    throw error;
  }
}

async function removeQuietly(deps: Parts, container: Container): Promise<void> {
  try {
    await container.remove({ force: true });
  } catch (error) {
    if (isAlreadyDone(error)) return;
    deps.logger.warn({ err: error, id: container.id }, 'container could not be removed');
    deps.leftovers.add(container.id);
  }
}

async function inspectAgentImage(deps: DockerRuntimeDeps): Promise<ImageFacts> {
  try {
    const found = await deps.docker.getImage(deps.settings.image).inspect();
    refuseVolumes(deps.settings.image, Object.keys(found.Config.Volumes ?? {}));
    return { id: found.Id, hash: found.Config.Labels?.[LABELS.imageHash] ?? 'unknown' };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Error(
      `the agent image ${deps.settings.image} does not exist; it must be built first`,
      {
        cause: error,
      },
    );
  }
}

/** The engine would make each anew on its own disk for every container, in no quota, and keep it afterwards. */
function refuseVolumes(image: string, volumes: readonly string[]): void {
  if (volumes.length === 0) return;
  throw new Error(
    `the agent image ${image} has volumes (${volumes.join(', ')}), on which an agent could write without limit: use one without`,
  );
}

/** A file mounted by itself is pinned by its inode: replacing the file must replace the container. */
async function fingerprintOf(
  settings: ContainerSettings,
  spec: AgentSpec,
  image: ImageFacts,
): Promise<string> {
  const mounts = await Promise.all(
    spec.mounts.map(async (mount) => {
      const found = await stat(mount.source);
      return { ...mount, inode: found.isDirectory() ? 0 : found.ino };
    }),
  );
  const content = JSON.stringify({ image: image.id, settings, spec: { ...spec, mounts } });
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

async function findAgents(deps: DockerRuntimeDeps, folder: string): Promise<FoundAgent[]> {
  const found = await deps.docker.listContainers({
    all: true,
    filters: {
      label: [
        `${LABELS.installation}=${deps.settings.installationId}`,
        `${LABELS.folder}=${folder}`,
      ],
    },
  });
  return found
    .sort((a, b) => b.Created - a.Created)
    .map(({ Id, Labels }) => ({ id: Id, fingerprint: Labels[LABELS.fingerprint] ?? '' }));
}
