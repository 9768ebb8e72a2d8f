import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRequest } from '@deckhand/protocol';
import type { TestContext } from 'vitest';
import { runRequest } from '../../container/agent-runner/test/run-requests.ts';
import type { PlanAgent } from '../../src/containers/agent-planner.ts';
import type { RegisteredGroup } from '../../src/core/group.ts';
import type { AgentRunner, RunOutcome } from '../../src/ports.ts';
import { DoorHost } from '../loopback/door/door-host.ts';
import { type ModelServer, startModelServer } from '../loopback/models/server.ts';
import { AgentKit, endless, makeGroup, recordRun } from './agent-kit.ts';
import { AGENT_IMAGE, requireAgentImage } from './engine.ts';

const group: RegisteredGroup = makeGroup('team');

export interface GatewayOptions {
  /** See DoorHost. */
  readonly outsidePort?: number;
  /** Plain settings of the container. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The real agent image without a network, behind a door whose host has no rules. Runs share one warm container. */
export class GatewayKit implements AsyncDisposable {
  readonly server: ModelServer;
  readonly door: DoorHost;
  readonly kit: AgentKit;
  readonly #runner: AgentRunner;
  readonly #owned: AsyncDisposableStack;
  /** Containers of the runs so far, in order. */
  readonly containers: string[] = [];

  private constructor(
    owned: AsyncDisposableStack,
    server: ModelServer,
    door: DoorHost,
    kit: AgentKit,
  ) {
    this.#owned = owned;
    this.server = server;
    this.door = door;
    this.kit = kit;
    this.#runner = kit.runner({ planAgent: behindDoor(kit.planAgent, door.folder) });
  }

  static async start(context: TestContext, options: GatewayOptions = {}): Promise<GatewayKit> {
    const docker = await requireAgentImage(context);
    await using owned = new AsyncDisposableStack();
    const server = owned.use(await startModelServer());
    const folder = await mkdtemp(join(tmpdir(), 'deckhand-door-'));
    owned.defer(async () => await rm(folder, { recursive: true }));
    await chmod(folder, 0o755);
    const door = owned.use(
      await DoorHost.start({
        folder,
        modelPort: server.port,
        ...(options.outsidePort !== undefined && { outsidePort: options.outsidePort }),
      }),
    );
    const settings = { image: AGENT_IMAGE, command: undefined, env: options.env };
    const kit = owned.use(await AgentKit.create(docker, { settings, memoryMb: 1024 }));
    return new GatewayKit(owned.move(), server, door, kit);
  }

  /** `changes` replaces whole top-level fields of the request. */
  async run(
    provider: RunRequest['provider'],
    changes: Partial<RunRequest> = {},
  ): Promise<RunOutcome> {
    const record = recordRun();
    const request = runRequest(provider, this.server, {
      gateway: { token: newToken() },
      group: { jid: group.jid, name: group.name, folder: group.folder, isMain: false },
      secrets: provider === 'claude' ? { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-placeholder' } : {},
      ...changes,
    });
    const outcome = await this.#runner.run(request, group, record.handlers, endless);
    this.containers.push(...record.containers);
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]();
  }
}

function behindDoor(plan: PlanAgent, doorFolder: string): PlanAgent {
  return async (planned) => {
    const made = await plan(planned);
    if (!made.ok) return made;
    return { ok: true, spec: { ...made.spec, outlet: { kind: 'gateway', doorFolder } } };
  };
}

/** As long as a real one. */
const newToken = (): string => crypto.randomUUID().padEnd(43, '-');
