import type { RunRequest } from '@deckhand/protocol';
import type { RegisteredGroup } from '../../src/core/group.ts';
import { passCrashPoint } from '../../src/crash-points.ts';
import type { AgentRunner, RunHandlers, RunOutcome } from '../../src/ports.ts';
import type { Owner } from './simulated-clock.ts';

/** A container with one attempt in it, which outlives hosts. */
export interface Agent {
  readonly attemptId: string;
  /** Short and the same in each replay. */
  readonly name: string;
  readonly folder: string;
  readonly request: RunRequest;
  state: 'working' | 'ended' | 'dead';
  hasUsedTool: boolean;
  outcome: RunOutcome | undefined;
  /** The host that follows it. */
  follower: Follower | undefined;
}

interface Follower {
  readonly owner: Owner;
  readonly handlers: RunHandlers;
  readonly resolve: (outcome: RunOutcome) => void;
}

/** The run of an attempt: `run-…` of `run-…-2`. */
export function runOf(attemptId: string): string {
  return attemptId.slice(0, attemptId.lastIndexOf('-'));
}

/** The containers of a machine. */
export class SimulatedAgents {
  readonly all = new Map<string, Agent>();
  readonly #onStart: (agent: Agent) => void;

  constructor(onStart: (agent: Agent) => void) {
    this.#onStart = onStart;
  }

  /** The agents as one host runs them. */
  runnerFor(owner: Owner): AgentRunner {
    let isDisposed = false;
    return {
      run: (request, group, handlers) => {
        if (isDisposed || !owner.isAlive) return Promise.resolve({ status: 'detached' });
        return this.#start(owner, request, group, handlers);
      },
      adopt: (attemptId, _folder, handlers) => this.#adopt(owner, attemptId, handlers),
      release: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => {
        isDisposed = true;
        for (const agent of this.followedBy(owner)) this.#tell(agent, { status: 'detached' });
        return Promise.resolve();
      },
    };
  }

  followedBy(owner: Owner): Agent[] {
    return [...this.all.values()].filter((agent) => agent.follower?.owner === owner);
  }

  get working(): Agent[] {
    return [...this.all.values()].filter((agent) => agent.state === 'working');
  }

  useTool(agent: Agent): void {
    agent.hasUsedTool = true;
    agent.follower?.handlers.onEvent({
      runId: agent.attemptId,
      seq: 1,
      type: 'progress',
      kind: 'tool',
      detail: 'shell',
    });
  }

  end(agent: Agent, outcome: RunOutcome): void {
    agent.state = 'ended';
    agent.outcome = outcome;
    if (agent.follower !== undefined) passCrashPoint('event-received');
    this.#tell(agent, outcome);
  }

  /** Killed from outside, without a word. */
  kill(agent: Agent): void {
    agent.state = 'dead';
    const hasSideEffects = agent.hasUsedTool;
    const detail = 'the container is gone';
    this.#tell(agent, { status: 'failed', class: 'internal', detail, hasSideEffects });
  }

  /** A host that starts removes the containers of runs that nobody goes on with. */
  reap(kept: ReadonlySet<string>): void {
    for (const agent of this.working) if (!kept.has(agent.attemptId)) this.kill(agent);
  }

  /** The host is dead; its agents work on. */
  forget(owner: Owner): void {
    for (const agent of this.followedBy(owner)) agent.follower = undefined;
  }

  #start(
    owner: Owner,
    request: RunRequest,
    { folder }: RegisteredGroup,
    handlers: RunHandlers,
  ): Promise<RunOutcome> {
    return new Promise((resolve) => {
      const attemptId = request.runId;
      const agent: Agent = {
        attemptId,
        name: `a${this.all.size + 1}`,
        folder,
        request,
        state: 'working',
        hasUsedTool: false,
        outcome: undefined,
        follower: { owner, handlers, resolve },
      };
      this.all.set(attemptId, agent);
      this.#onStart(agent);
      handlers.onContainer(agent.name);
      passCrashPoint('agent-started');
      passCrashPoint('request-sent');
    });
  }

  #adopt(owner: Owner, attemptId: string, handlers: RunHandlers): Promise<RunOutcome | undefined> {
    if (!owner.isAlive) return Promise.resolve({ status: 'detached' });
    const agent = this.all.get(attemptId);
    if (agent === undefined || agent.state === 'dead') return Promise.resolve(undefined);
    if (agent.outcome !== undefined) return Promise.resolve(agent.outcome);
    return new Promise((resolve) => {
      agent.follower = { owner, handlers, resolve };
    });
  }

  #tell(agent: Agent, outcome: RunOutcome): void {
    const { follower } = agent;
    agent.follower = undefined;
    follower?.resolve(outcome);
  }
}
