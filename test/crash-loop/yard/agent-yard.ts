import { createServer, type Server, type Socket } from 'node:net';
import { encodeLine, LineSplitter } from '@deckhand/protocol';
import { type Reader, type Work, YardAgent } from './yard-agent.ts';
import { type YardCall, type YardReply, yardCallSchema } from './yard-protocol.ts';

type Call<Op extends YardCall['op']> = Extract<YardCall, { op: Op }>;

/**
 * Where agents live that outlive their hosts, as containers do: hosts reach it over a Unix socket, and one that dies
 * leaves its agents as they are.
 */
export class AgentYard implements AsyncDisposable {
  readonly #server: Server;
  readonly #work: Work;
  readonly #agents = new Map<string, YardAgent>();
  readonly #sockets = new Set<Socket>();
  #count = 0;

  private constructor(work: Work) {
    this.#work = work;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async open(socketPath: string, work: Work): Promise<AgentYard> {
    const yard = new AgentYard(work);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    yard.#server.once('error', reject);
    yard.#server.listen(socketPath, resolve);
    await promise;
    return yard;
  }

  /** Those that have not ended, in the order of their start. */
  get alive(): readonly YardAgent[] {
    return [...this.#agents.values()].filter((agent) => agent.isAlive);
  }

  /** Agents that have ended leave nothing. */
  leftovers(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.alive) agent.kill();
    for (const socket of this.#sockets) socket.destroy();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }

  #serve(socket: Socket): void {
    const host = new HostConnection(socket, (call) => this.#answer(host, call));
    this.#sockets.add(socket);
    // A host that is killed resets its connection.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      for (const agent of this.#agents.values()) agent.leave(host.readerOf(agent));
    });
  }

  #answer(host: HostConnection, call: YardCall): void {
    switch (call.op) {
      case 'start':
        return this.#start(host, call);
      case 'find':
        return host.done(call.seq, this.#find(call.folder));
      case 'adopt':
        return this.#adopt(host, call);
      case 'stop':
        this.#agents.get(call.id)?.stop();
        this.#agents.delete(call.id);
        return host.done(call.seq);
      case 'reap':
        return this.#reap(host, call);
      case 'send':
        if (call.line.type === 'run') this.#agents.get(call.id)?.take(call.line);
        return undefined;
      default:
        return call satisfies never;
    }
  }

  #start(host: HostConnection, call: Call<'start'>): void {
    const { seq, folder, fingerprint, groupPath, ipcPath } = call;
    this.#count += 1;
    const agent = new YardAgent(
      { id: `agent-${this.#count}`, folder, fingerprint, groupPath, ipcPath },
      this.#work,
    );
    this.#agents.set(agent.spec.id, agent);
    host.done(seq, [agent]);
    agent.read(host.readerOf(agent));
  }

  #adopt(host: HostConnection, { seq, id }: Call<'adopt'>): void {
    const agent = this.#agents.get(id);
    if (agent === undefined) return host.send({ re: 'failed', seq, reason: `no agent ${id}` });
    host.done(seq, [agent]);
    agent.read(host.readerOf(agent));
  }

  #reap(host: HostConnection, { seq, keepFolders }: Call<'reap'>): void {
    for (const [id, agent] of this.#agents) {
      if (keepFolders.includes(agent.spec.folder)) continue;
      agent.stop();
      this.#agents.delete(id);
    }
    host.done(seq);
  }

  /** Newest first, those that have ended included, as Docker lists containers. */
  #find(folder: string): YardAgent[] {
    return [...this.#agents.values()].filter((agent) => agent.spec.folder === folder).reverse();
  }
}

/** One host as the yard sees it. */
class HostConnection {
  readonly #socket: Socket;
  readonly #readers = new Map<YardAgent, Reader>();

  constructor(socket: Socket, onCall: (call: YardCall) => void) {
    this.#socket = socket;
    const splitter = new LineSplitter(
      (line) => onCall(yardCallSchema.parse(JSON.parse(line))),
      (chars) => socket.destroy(new Error(`a line of ${chars} characters`)),
    );
    socket.on('data', (chunk) => splitter.push(chunk));
  }

  send(reply: YardReply): void {
    if (!this.#socket.destroyed) this.#socket.write(encodeLine(reply));
  }

  done(seq: number, agents: readonly YardAgent[] = []): void {
    const found = agents.map(({ spec: { id, fingerprint } }) => ({ id, fingerprint }));
    this.send({ re: 'done', seq, found });
  }

  /** The same for an agent whenever it is asked for. */
  readerOf(agent: YardAgent): Reader {
    const { id } = agent.spec;
    const known = this.#readers.get(agent);
    if (known !== undefined) return known;
    const reader: Reader = {
      onOutput: (text) => this.send({ re: 'output', id, text }),
      onExit: (exitCode) => this.send({ re: 'exit', id, exitCode }),
    };
    this.#readers.set(agent, reader);
    return reader;
  }
}
