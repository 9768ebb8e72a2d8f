import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROTOCOL_VERSION, type RunEvent, type RunRequest } from '@deckhand/protocol';
import type Docker from 'dockerode';
import type { ContainerInfo } from 'dockerode';
import { createAgentPlanner, type PlanAgent } from '../../src/containers/agent-planner.ts';
import { type AgentRunnerDeps, createAgentRunner } from '../../src/containers/agent-runner.ts';
import type { AgentOutlet, AgentRuntime } from '../../src/containers/agent-runtime.ts';
import { type AgentUser, chooseAgentUser } from '../../src/containers/agent-user.ts';
import type { ContainerSettings } from '../../src/containers/container-options.ts';
import { createDockerRuntime } from '../../src/containers/docker-runtime.ts';
import { LABELS } from '../../src/containers/labels.ts';
import { type RegisteredGroup, registeredGroupSchema } from '../../src/core/group.ts';
import { createLogger, type Logger } from '../../src/logger.ts';
import { type HostPaths, hostPaths } from '../../src/paths.ts';
import type { AgentRunner, RunHandlers } from '../../src/ports.ts';
import { BASE_IMAGE, projectRoot } from './engine.ts';

const FAKE_RUNNER = join(import.meta.dirname, 'fake-runner.ts');
const FAKE_TARGET = '/fake-runner.ts';

export interface KitOptions {
  readonly user?: AgentUser;
  readonly settings?: Partial<ContainerSettings>;
  readonly runner?: Partial<AgentRunnerDeps>;
  readonly memoryMb?: number;
  readonly outletOf?: (group: RegisteredGroup, paths: HostPaths) => AgentOutlet;
}

/** A temporary installation whose agents are the fake runner in the base image. Disposing removes all of it. */
export class AgentKit implements AsyncDisposable {
  readonly docker: Docker;
  readonly home: string;
  readonly paths: HostPaths;
  readonly installationId: string;
  readonly logger: Logger = createLogger(process.env['TEST_LOG_LEVEL'] ?? 'silent');
  readonly runtime: AgentRuntime;
  readonly planAgent: PlanAgent;
  readonly #options: KitOptions;
  readonly #runners: AgentRunner[] = [];

  private constructor(docker: Docker, home: string, options: KitOptions) {
    this.docker = docker;
    this.home = home;
    this.paths = hostPaths(home);
    this.installationId = home.slice(-10);
    this.#options = options;
    this.planAgent = this.#planner();
    this.runtime = createDockerRuntime({ docker, logger: this.logger, settings: this.settings() });
  }

  static async create(docker: Docker, options: KitOptions = {}): Promise<AgentKit> {
    return AgentKit.open(docker, await mkdtemp(join(tmpdir(), 'deckhand-kit-')), options);
  }

  /** The installation in a folder that exists, as another host of it sees it. */
  static open(docker: Docker, home: string, options: KitOptions = {}): AgentKit {
    return new AgentKit(docker, home, options);
  }

  settings(): ContainerSettings {
    const hostUser = chooseAgentUser(process.getuid?.() ?? 1000, process.getgid?.() ?? 1000);
    return {
      installationId: this.installationId,
      image: BASE_IMAGE,
      user: this.#options.user ?? hostUser,
      command: ['node', FAKE_TARGET],
      ...this.#options.settings,
    };
  }

  /** A further runner on the same installation stands for the next host. */
  runner(overrides: Partial<AgentRunnerDeps> = {}): AgentRunner {
    const runner = createAgentRunner({
      runtime: this.runtime,
      planAgent: this.planAgent,
      logger: this.logger,
      maxConcurrentContainers: 3,
      idleTimeoutMs: 60_000,
      containerTimeoutMs: 60_000,
      graceMs: 500,
      ...this.#options.runner,
      ...overrides,
    });
    this.#runners.push(runner);
    return runner;
  }

  containers(): Promise<ContainerInfo[]> {
    const label = [`${LABELS.installation}=${this.installationId}`];
    return this.docker.listContainers({ all: true, filters: { label } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const runner of this.#runners) await runner[Symbol.asyncDispose]();
    for (const { Id } of await this.containers()) {
      await this.docker.getContainer(Id).remove({ force: true });
    }
    await rm(this.home, { recursive: true, force: true });
  }

  #planner(): PlanAgent {
    const plan = createAgentPlanner({
      paths: this.paths,
      projectRoot,
      userHome: join(this.home, 'user'),
      allowlistFile: join(this.home, 'user', '.config', 'deckhand', 'mount-allowlist.json'),
      planOutlet: (group) => ({
        ok: true,
        outlet: this.#options.outletOf?.(group, this.paths) ?? { kind: 'network' },
      }),
      memoryMb: this.#options.memoryMb ?? 256,
      cpus: 1,
      logger: this.logger,
    });
    const fake = { source: FAKE_RUNNER, target: FAKE_TARGET, isReadOnly: true };
    return async (group) => {
      const planned = await plan(group);
      if (!planned.ok) return planned;
      return { ok: true, spec: { ...planned.spec, mounts: [...planned.spec.mounts, fake] } };
    };
  }
}

export function makeGroup(folder: string, fields: Record<string, unknown> = {}): RegisteredGroup {
  return registeredGroupSchema.parse({ jid: `${folder}@g.us`, name: folder, folder, ...fields });
}

export function makeRequest(
  runId: string,
  prompt: string,
  fields: Partial<RunRequest> = {},
): RunRequest {
  return {
    type: 'run',
    v: PROTOCOL_VERSION,
    runId,
    provider: 'claude',
    assistantName: 'Assistant',
    group: { jid: 'team@g.us', name: 'Team', folder: 'team', isMain: false },
    globalMemory: '',
    history: '',
    prompt,
    timeZone: 'UTC',
    timeoutMs: 60_000,
    maxOutputChars: 1000,
    secrets: {},
    ...fields,
  };
}

/** Handlers that keep what they were told; `started` resolves at the run's first event. */
export function recordRun() {
  const events: RunEvent[] = [];
  const containers: string[] = [];
  const started = Promise.withResolvers<void>();
  const handlers: RunHandlers = {
    onContainer: (id) => {
      containers.push(id);
    },
    onEvent: (event) => {
      events.push(event);
      started.resolve();
    },
  };
  return { events, containers, handlers, started: started.promise };
}

/** A signal that never aborts, for runs that end by themselves. */
export const endless = new AbortController().signal;
