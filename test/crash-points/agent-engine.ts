import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import {
  PROTOCOL_VERSION,
  type RunEvent,
  type RunnerEvent,
  type RunRequest,
} from '@deckhand/protocol';
import type { EngineSays, HostAsks } from './agent-lines.ts';

type WithoutBase<E> = E extends RunEvent ? Omit<E, 'runId' | 'seq'> : never;

/** One request as the agent sees it. */
export interface AskedRun {
  readonly folder: string;
  readonly request: RunRequest;
  /** Writes the run's next event; the last one is `result` or `failed`. */
  readonly say: (event: WithoutBase<RunEvent>) => void;
}

/** A live agent. It keeps all it has written, as a container's log does. */
interface EngineAgent {
  readonly id: string;
  readonly folder: string;
  readonly fingerprint: string;
  readonly log: RunnerEvent[];
  reader: Socket | undefined;
}

/**
 * Stands in for the container engine: keeps agents, which the test plays, and their output while hosts come and
 * go. A host reaches it through a Unix socket (`engine-runtime.ts`).
 */
export class AgentEngine {
  /** Every request that reached an agent. */
  readonly asked: AskedRun[] = [];
  /** Plays one run of an agent, from its first event to its last. */
  act: (run: AskedRun) => void | Promise<void> = ({ say }) =>
    say({ type: 'result', text: 'the answer', isCut: false });
  /** Agents end as soon as their host does, as after a reboot. */
  endsWithHost = false;
  readonly #agents = new Map<string, EngineAgent>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #nextId = 1;

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async listen(socketPath: string): Promise<AgentEngine> {
    const engine = new AgentEngine();
    engine.#server.listen(socketPath);
    await once(engine.#server, 'listening');
    return engine;
  }

  /** Folders of the agents that live, one for each. */
  get liveFolders(): string[] {
    return [...this.#agents.values()].map(({ folder }) => folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    let agent: EngineAgent | undefined;
    this.#sockets.add(socket);
    const lines = createInterface({ input: socket });
    lines.on('line', (line) => {
      agent = this.#answer(socket, agent, JSON.parse(line) as HostAsks);
    });
    // A host that was killed; what follows is its socket's close.
    for (const source of [socket, lines]) source.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (agent !== undefined && this.endsWithHost) this.#end(agent);
    });
  }

  /** Gives the agent whose connection it is from now on. */
  #answer(socket: Socket, agent: EngineAgent | undefined, asks: HostAsks) {
    switch (asks.op) {
      case 'start':
        return this.#show(this.#start(asks.folder, asks.fingerprint), socket);
      case 'adopt': {
        const known = this.#agents.get(asks.id);
        if (known === undefined) say(socket, { op: 'gone' });
        return known === undefined ? undefined : this.#show(known, socket);
      }
      case 'find':
        say(socket, { op: 'found', agents: this.#of(asks.folder).toReversed() });
        return agent;
      case 'keep':
        for (const one of this.#agents.values())
          if (!asks.folders.includes(one.folder)) this.#end(one);
        say(socket, { op: 'kept' });
        return agent;
      case 'line':
        if (agent !== undefined && asks.line.type === 'run') this.#run(agent, asks.line);
        return agent;
      case 'stop':
        if (agent !== undefined) this.#end(agent);
        return agent;
      default:
        return asks satisfies never;
    }
  }

  #of(folder: string) {
    const agents = [...this.#agents.values()].filter((agent) => agent.folder === folder);
    return agents.map(({ id, fingerprint }) => ({ id, fingerprint }));
  }

  #start(folder: string, fingerprint: string): EngineAgent {
    const id = `agent-${this.#nextId++}`;
    const ready = { type: 'ready', v: PROTOCOL_VERSION, version: 'played by a test' } as const;
    const agent = { id, folder, fingerprint, log: [ready], reader: undefined };
    this.#agents.set(id, agent);
    return agent;
  }

  #show(agent: EngineAgent, reader: Socket): EngineAgent {
    agent.reader = reader;
    say(reader, { op: 'agent', id: agent.id });
    for (const event of agent.log) say(reader, { op: 'event', event });
    return agent;
  }

  #run(agent: EngineAgent, request: RunRequest): void {
    let seq = 0;
    const run: AskedRun = {
      folder: agent.folder,
      request,
      say: (event) => {
        const whole: RunEvent = { ...event, runId: request.runId, seq: seq++ };
        agent.log.push(whole);
        if (agent.reader !== undefined) say(agent.reader, { op: 'event', event: whole });
      },
    };
    this.asked.push(run);
    run.say({ type: 'started', provider: request.provider });
    void this.act(run);
  }

  #end(agent: EngineAgent): void {
    if (!this.#agents.delete(agent.id)) return;
    if (agent.reader !== undefined) say(agent.reader, { op: 'gone' });
  }
}

function say(socket: Socket, what: EngineSays): void {
  if (socket.writable) socket.write(`${JSON.stringify(what)}\n`);
}
