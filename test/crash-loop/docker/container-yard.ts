import { chmod, mkdir } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { decodeLine, hostLineSchema, LineSplitter } from '@deckhand/protocol';
import type Docker from 'dockerode';
import { isAlreadyDone } from '../../../src/containers/docker-errors.ts';
import { LABELS } from '../../../src/containers/labels.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { installationId } from '../../../src/db/settings.ts';
import type { HostPaths } from '../../../src/paths.ts';
import { type Work, YardAgent } from '../yard/yard-agent.ts';

export interface ContainerYardDeps {
  readonly docker: Docker;
  readonly paths: HostPaths;
  readonly folders: readonly string[];
  readonly work: Work;
}

/**
 * Agents behind real containers: each container of a group connects to a socket in the group's mailbox, and what its
 * agent says goes through Docker to the host. An agent that is killed takes its container with it.
 */
export class ContainerYard implements AsyncDisposable {
  readonly #deps: ContainerYardDeps;
  readonly #installationId: string;
  readonly #servers: Server[] = [];
  readonly #agents = new Set<YardAgent>();
  readonly #killing = new Set<Promise<void>>();

  private constructor(deps: ContainerYardDeps) {
    this.#deps = deps;
    const db = openDatabase(deps.paths.database);
    this.#installationId = installationId(db);
    db.close();
  }

  static async open(deps: ContainerYardDeps): Promise<ContainerYard> {
    const yard = new ContainerYard(deps);
    for (const folder of deps.folders) await yard.#listen(folder);
    return yard;
  }

  get alive(): readonly YardAgent[] {
    return [...this.#agents];
  }

  /** Containers of the installation, also stopped ones, a line each. */
  async leftovers(): Promise<string[]> {
    return (await this.#containers()).map(({ Id, Labels, State }) => {
      return `container ${Id.slice(0, 12)} of ${Labels[LABELS.folder]}, ${State}`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { Id } of await this.#containers()) await this.#remove(Id);
    for (const server of this.#servers) server.close();
    await Promise.all(this.#killing);
  }

  async #listen(folder: string): Promise<void> {
    const mailbox = this.#deps.paths.ipc(folder);
    await mkdir(mailbox, { recursive: true, mode: 0o700 });
    const path = join(mailbox, 'r');
    const server = createServer((socket) => this.#serve(socket, folder));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(path, resolve);
    await promise;
    // Agents run as another user.
    await chmod(path, 0o666);
    this.#servers.push(server);
  }

  #serve(socket: Socket, folder: string): void {
    let agent: YardAgent | undefined;
    const splitter = new LineSplitter(
      (line) => {
        if (agent === undefined) agent = this.#start(socket, folder, line);
        else handOn(agent, line);
      },
      (chars) => socket.destroy(new Error(`a line of ${chars} characters`)),
    );
    socket.on('data', (chunk) => splitter.push(chunk));
    // A container that is killed resets its connection.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (agent !== undefined) this.#agents.delete(agent);
      agent?.stop();
    });
  }

  #start(socket: Socket, folder: string, id: string): YardAgent {
    const { paths, work } = this.#deps;
    const groupPath = paths.groupFolder(folder);
    const ipcPath = paths.ipc(folder);
    const agent = new YardAgent({ id, folder, fingerprint: '', groupPath, ipcPath }, work);
    this.#agents.add(agent);
    agent.read({
      onOutput: (text) => void socket.write(text),
      onExit: () => this.#kill(agent, socket),
    });
    return agent;
  }

  #kill(agent: YardAgent, socket: Socket): void {
    this.#agents.delete(agent);
    if (socket.destroyed) return;
    const { id } = agent.spec;
    const killed = this.#killContainer(id).finally(() => this.#killing.delete(killed));
    this.#killing.add(killed);
  }

  async #killContainer(id: string): Promise<void> {
    try {
      await this.#deps.docker.getContainer(id).kill();
    } catch (error) {
      if (!isAlreadyDone(error)) throw error;
    }
  }

  #containers(): Promise<Docker.ContainerInfo[]> {
    const label = [`${LABELS.installation}=${this.#installationId}`];
    return this.#deps.docker.listContainers({ all: true, filters: { label } });
  }

  async #remove(id: string): Promise<void> {
    try {
      await this.#deps.docker.getContainer(id).remove({ force: true });
    } catch (error) {
      if (!isAlreadyDone(error)) throw error;
    }
  }
}

function handOn(agent: YardAgent, line: string): void {
  const decoded = decodeLine(line);
  if (!decoded.ok) throw new Error(`the host wrote no JSON: ${decoded.reason}`);
  const told = hostLineSchema.parse(decoded.value);
  if (told.type === 'run') agent.take(told);
}
