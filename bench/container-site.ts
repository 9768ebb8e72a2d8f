import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Provider, RunRequest } from '@deckhand/protocol';
import type Docker from 'dockerode';
import { createAgents } from '../src/app/agents.ts';
import { createAppGateway } from '../src/app/gateway.ts';
import { systemNow } from '../src/clock.ts';
import { type Config, loadConfig } from '../src/config.ts';
import { createDockerClient } from '../src/containers/docker-client.ts';
import { LABELS } from '../src/containers/labels.ts';
import type { UsableCredential } from '../src/core/credential.ts';
import { type RegisteredGroup, registeredGroupSchema } from '../src/core/group.ts';
import { builtInModels } from '../src/core/models/built-in.ts';
import { planRoutes } from '../src/core/models/routes.ts';
import { buildRequest } from '../src/engine/build-request.ts';
import { type RunAgentDeps, runAgent } from '../src/engine/run-agent.ts';
import { createLogger } from '../src/logger.ts';
import { hostPaths } from '../src/paths.ts';
import type { GatewayEntry, RunHandlers } from '../src/ports.ts';
import { BASE_IMAGE, projectRoot } from '../test/docker/engine.ts';
import { say } from '../test/loopback/models/model-script.ts';
import { startModelServer } from '../test/loopback/models/server.ts';
import { dockerReach } from '../test/world/model-reach.ts';

const API_KEY = 'loopback-key';
const PROMPT = 'Ana: @Assistant what is the plan for tomorrow, and who brings the tea?';

/** Milliseconds from the call of the agent runner. */
export interface RunTimes {
  readonly toFirstEvent: number;
  readonly toAnswer: number;
}

/** A temporary installation with the real agents in real containers, and models that answer at once. */
export interface ContainerSite extends AsyncDisposable {
  readonly docker: Docker;
  /** Tag of the agent image. */
  readonly image: string;
  /** Label that every container made here carries. */
  readonly label: Readonly<Record<string, string>>;
  /** What the host would ask the agent of a group for. */
  request(group: RegisteredGroup): RunRequest;
  /** Rejects unless the run is answered. */
  run(group: RegisteredGroup, signal: AbortSignal): Promise<RunTimes>;
  /** Resolves when the group's container is gone. */
  release(group: RegisteredGroup): Promise<void>;
}

export type SiteOutcome = { ok: true; site: ContainerSite } | { ok: false; reason: string };

/** `proxy` asks its models through the group's door, `mounted` by itself, so that the agent runner is measured alone. */
export type Way = 'mounted' | 'proxy';

export function makeGroup(
  folder: string,
  provider: Provider,
  credentials: Way = 'mounted',
): RegisteredGroup {
  const containerConfig = { credentials };
  const jid = `${folder}@g.us`;
  return registeredGroupSchema.parse({ jid, name: folder, folder, provider, containerConfig });
}

/** Builds the agent image when it is missing or older than the code. Not ok without a usable engine. */
export async function openContainerSite(signal: AbortSignal): Promise<SiteOutcome> {
  const docker = await createDockerClient({ dockerHost: process.env['DOCKER_HOST'] });
  try {
    await docker.ping();
  } catch (error) {
    return { ok: false, reason: `no Docker engine is reachable: ${firstLine(error)}` };
  }
  await using stack = new AsyncDisposableStack();
  const home = await mkdtemp(join(tmpdir(), 'deckhand-bench-'));
  stack.defer(() => rm(home, { recursive: true, force: true }));
  const reach = await dockerReach(docker);
  const models = stack.use(
    await startModelServer({ host: reach.listenHost, script: [{ steps: [say('Done.')] }] }),
  );
  const config = configFor(home, `http://${reach.agentHost}:${models.port}`);
  const installationId = `bench-${randomUUID()}`;
  const logger = createLogger(process.env['LOG_LEVEL'] ?? 'silent');
  const paths = hostPaths(home);
  const doorFolder = (folder: string) => paths.doorFolder(folder);
  const agents = await createAgents(config, {
    paths,
    doorFolder,
    findByFolder: () => undefined,
    projectRoot,
    installationId,
    logger,
  });
  const label = { [LABELS.installation]: installationId };
  stack.defer(() => removeContainers(docker, installationId));
  const gateway = stack.use(
    createAppGateway(
      { config, logger, now: systemNow },
      {
        outlets: agents.outlets,
        doorFolder,
        key: randomUUID(),
        findByFolder: () => undefined,
        noteDenial: () => undefined,
      },
    ),
  );
  stack.use(agents.runner);
  try {
    await agents.prepare(new Set(), signal);
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, reason: `the agent image cannot be built: ${firstLine(error)}` };
  }
  const resources = stack.move();
  const { runner } = agents;
  return {
    ok: true,
    site: {
      docker,
      image: config.containerImage,
      label,
      request: (group) => requestFor(config, entryFor(group)),
      run: (group, signal) => timeRun({ runner, gateway }, config, group, signal),
      release: (group) => runner.release(group.folder),
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    },
  };
}

function configFor(home: string, modelOrigin: string): Config {
  const environment = {
    DECKHAND_HOME: home,
    BASE_IMAGE: process.env['BASE_IMAGE'] ?? BASE_IMAGE,
    CONTAINER_IMAGE: process.env['CONTAINER_IMAGE'],
    DOCKER_HOST: process.env['DOCKER_HOST'],
    ANTHROPIC_BASE_URL: modelOrigin,
    OPENAI_BASE_URL: `${modelOrigin}/v1`,
    TZ: 'UTC',
  };
  return loadConfig(environment, projectRoot);
}

function entryFor(group: RegisteredGroup): GatewayEntry {
  const secrets =
    group.provider === 'claude' ? { ANTHROPIC_API_KEY: API_KEY } : { OPENAI_API_KEY: API_KEY };
  const credential: UsableCredential = {
    ok: true,
    secrets,
    onRefused: () => Promise.resolve('over'),
  };
  const { routes } = planRoutes({ group, defaults: {}, builtIn: builtInModels({}) });
  // There is no sign-in here.
  const route = routes.find(({ ref }) => ref.provider !== 'openai-codex');
  if (route === undefined) throw new Error('the group has no model');
  const runId = `run-${randomUUID()}`;
  return { attemptId: runId, runId, group, route, credential };
}

function requestFor(config: Config, entry: GatewayEntry): RunRequest {
  return buildRequest(config, {
    ...entry,
    traits: { isLite: false, clampEffort: (effort) => effort },
    prompt: { history: '', prompt: PROMPT },
    globalMemory: '',
    sessionId: undefined,
  });
}

async function timeRun(
  deps: RunAgentDeps,
  config: Config,
  group: RegisteredGroup,
  signal: AbortSignal,
): Promise<RunTimes> {
  const entry = entryFor(group);
  const request = requestFor(config, entry);
  let toFirstEvent: number | undefined;
  const startedAt = performance.now();
  const handlers: RunHandlers = {
    onContainer: () => undefined,
    onEvent() {
      toFirstEvent ??= performance.now() - startedAt;
    },
  };
  const outcome = await runAgent(deps, entry, request, handlers, signal);
  const toAnswer = performance.now() - startedAt;
  if (outcome.status !== 'answered' || toFirstEvent === undefined) {
    throw new Error(`the run was not answered: ${JSON.stringify(outcome)}`);
  }
  return { toFirstEvent, toAnswer };
}

async function removeContainers(docker: Docker, installationId: string): Promise<void> {
  const label = [`${LABELS.installation}=${installationId}`];
  for (const { Id } of await docker.listContainers({ all: true, filters: { label } })) {
    await docker.getContainer(Id).remove({ force: true });
  }
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '';
}
