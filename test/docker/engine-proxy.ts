import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';

/** Stands between a client and the engine, so that a test can cut all connections at once or make it hang. */
export class EngineProxy implements AsyncDisposable {
  readonly docker: Docker;
  /** For DOCKER_HOST. */
  readonly url: string;
  readonly #folder: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isFrozen = false;

  private constructor(folder: string, socketPath: string, engineSocket: string) {
    this.#folder = folder;
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const engine = connect({ path: engineSocket, allowHalfOpen: true });
      for (const socket of [client, engine]) {
        this.#sockets.add(socket);
        socket.on('close', () => this.#sockets.delete(socket));
        socket.on('error', () => this.#sockets.delete(socket));
      }
      if (this.#isFrozen) client.resume();
      else client.pipe(engine).pipe(client);
    });
    this.docker = new Docker({ socketPath });
    this.url = `unix://${socketPath}`;
  }

  static async open(): Promise<EngineProxy> {
    const engineSocket = /^unix:\/\/(.+)$/.exec(process.env['DOCKER_HOST'] ?? '')?.[1];
    const folder = await mkdtemp(join(tmpdir(), 'deckhand-engine-'));
    const socketPath = join(folder, 'docker.sock');
    const proxy = new EngineProxy(folder, socketPath, engineSocket ?? '/var/run/docker.sock');
    proxy.#server.listen(socketPath);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** What a restart of the engine looks like to its clients. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Connections stay and new ones are taken, but nothing goes through any more. */
  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#sockets) socket.unpipe().resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.cut();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
