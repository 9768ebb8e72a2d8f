import type { RunRequest } from '@deckhand/protocol';
import type { RegisteredGroup } from '../core/group.ts';
import type { Logger } from '../logger.ts';
import type { AgentRunner, RunHandlers, RunOutcome } from '../ports.ts';
import { type AdoptedRun, adoptRun } from './adoption.ts';
import type { AgentDisk } from './agent-disk.ts';
import type { PlanAgent } from './agent-planner.ts';
import type { AgentRuntime, AgentSpec } from './agent-runtime.ts';
import { startAgent } from './agent-starter.ts';
import { errorText } from './docker-errors.ts';
import { FollowedRuns } from './followed-runs.ts';
import { type Agent, WarmPool } from './warm-pool.ts';

export interface AgentRunnerDeps {
  readonly runtime: AgentRuntime;
  readonly planAgent: PlanAgent;
  readonly logger: Logger;
  /** Live processes at most, idle ones included. */
  readonly maxConcurrentContainers: number;
  /** A warm process without a run is stopped after this long, milliseconds. */
  readonly idleTimeoutMs: number;
  /** Deadline of an adopted run, whose request is not known any more, milliseconds. */
  readonly containerTimeoutMs: number;
  /** What the runner gets on top of its own deadline, and after a cancel line; milliseconds. */
  readonly graceMs?: number | undefined;
  /** From start to the runner's `ready`, milliseconds. */
  readonly readyTimeoutMs?: number | undefined;
  readonly disk?: AgentDisk | undefined;
  /** How long a found process may be silent before it counts as not having the run, milliseconds. */
  readonly adoptWaitMs?: number | undefined;
}

const DEFAULT_GRACE_MS = 10_000;
const DEFAULT_READY_TIMEOUT_MS = 30_000;
const DEFAULT_ADOPT_WAIT_MS = 5000;

type Failure = Extract<RunOutcome, { status: 'failed' }>;

/** Runs requests on warm agent processes, one process per group folder. Implements the port. */
export function createAgentRunner(deps: AgentRunnerDeps): AgentRunner {
  return new PooledAgentRunner(deps);
}

class PooledAgentRunner implements AgentRunner {
  readonly #deps: AgentRunnerDeps;
  readonly #pool: WarmPool;
  readonly #runs: FollowedRuns;
  /** Every call of `run` and `adopt` that has not returned. */
  readonly #pending = new Set<Promise<unknown>>();
  readonly #disposal = new AbortController();

  constructor(deps: AgentRunnerDeps) {
    this.#deps = deps;
    const { idleTimeoutMs, disk, logger, graceMs = DEFAULT_GRACE_MS } = deps;
    const maxAgents = deps.maxConcurrentContainers;
    this.#pool = new WarmPool({ maxAgents, idleTimeoutMs, disk, logger });
    const { signal: stopping } = this.#disposal;
    this.#runs = new FollowedRuns({ pool: this.#pool, disk, graceMs, stopping, logger });
  }

  run(
    request: RunRequest,
    group: RegisteredGroup,
    handlers: RunHandlers,
    signal: AbortSignal,
  ): Promise<RunOutcome> {
    return this.#track(this.#run(request, group, handlers, signal));
  }

  adopt(
    runId: string,
    folder: string,
    handlers: RunHandlers,
    signal: AbortSignal,
  ): Promise<RunOutcome | undefined> {
    return this.#track(this.#adopt(runId, folder, handlers, signal));
  }

  release(folder: string): Promise<void> {
    return this.#pool.release(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal.abort();
    this.#runs.detach();
    await Promise.all(this.#pending);
    await this.#pool[Symbol.asyncDispose]();
  }

  async #track<T>(call: Promise<T>): Promise<T> {
    this.#pending.add(call);
    try {
      return await call;
    } finally {
      this.#pending.delete(call);
    }
  }

  async #run(
    request: RunRequest,
    group: RegisteredGroup,
    handlers: RunHandlers,
    signal: AbortSignal,
  ): Promise<RunOutcome> {
    const startSignal = AbortSignal.any([signal, this.#disposal.signal]);
    try {
      const plan = await this.#deps.planAgent(group);
      if (!plan.ok) return failure('setup', plan.reason);
      const refusal = this.#deps.runtime.refuse(plan.spec);
      if (refusal !== undefined) return failure('setup', refusal);
      const excess = await this.#deps.disk?.refuse(group.folder);
      if (excess !== undefined) return failure('disk', excess);
      const agent = await this.#acquire(plan.spec, request.runId, startSignal);
      const session = this.#runs.open(agent, request, handlers);
      session.start(request);
      return await this.#runs.follow(session, agent, group.folder, signal);
    } catch (error) {
      return this.#explain(error, group.folder, signal);
    }
  }

  async #adopt(
    runId: string,
    folder: string,
    handlers: RunHandlers,
    signal: AbortSignal,
  ): Promise<RunOutcome | undefined> {
    let adopted: AdoptedRun | undefined;
    const { signal: stopping } = this.#disposal;
    try {
      adopted = await this.#findRun(runId, folder, handlers, AbortSignal.any([signal, stopping]));
    } catch (error) {
      this.#deps.logger.error({ err: error, folder, runId }, 'run could not be adopted');
    }
    // Taken for gone, the run would be begun anew, beside a process that may have it.
    if (adopted === undefined) return stopping.aborted ? { status: 'detached' } : undefined;
    this.#deps.logger.info({ folder, runId, id: adopted.agent.process.id }, 'run adopted');
    this.#pool.admit(folder, adopted.agent);
    return await this.#runs.follow(adopted.session, adopted.agent, folder, signal);
  }

  async #acquire(spec: AgentSpec, runId: string, signal: AbortSignal): Promise<Agent> {
    const { runtime, logger } = this.#deps;
    const readyTimeoutMs = this.#deps.readyTimeoutMs ?? DEFAULT_READY_TIMEOUT_MS;
    const fingerprint = await runtime.fingerprint(spec);
    const create = () =>
      startAgent({ runtime, logger, readyTimeoutMs }, spec, fingerprint, runId, signal);
    return this.#pool.acquire(spec.folder, fingerprint, create, signal);
  }

  #findRun(
    runId: string,
    folder: string,
    handlers: RunHandlers,
    signal: AbortSignal,
  ): Promise<AdoptedRun | undefined> {
    const { runtime, logger } = this.#deps;
    const run = {
      runId,
      timeoutMs: this.#deps.containerTimeoutMs,
      // The runner has cut the answer already.
      maxOutputChars: Number.POSITIVE_INFINITY,
    };
    const waitMs = this.#deps.adoptWaitMs ?? DEFAULT_ADOPT_WAIT_MS;
    const openSession = (agent: Agent, wrapped: RunHandlers) =>
      this.#runs.open(agent, run, wrapped);
    return adoptRun({ runtime, logger, waitMs, openSession }, folder, handlers, signal);
  }

  #explain(error: unknown, folder: string, signal: AbortSignal): RunOutcome {
    if (this.#disposal.signal.aborted) return { status: 'detached' };
    if (signal.aborted) return failure('cancelled', 'cancelled before the agent had started');
    this.#deps.logger.error({ err: error, folder }, 'agent could not be started');
    return failure('internal', `the agent could not be started: ${errorText(error)}`);
  }
}

function failure(failureClass: Failure['class'], detail: string): Failure {
  return {
    status: 'failed',
    class: failureClass,
    detail: detail.slice(0, 2000),
    hasSideEffects: false,
  };
}
