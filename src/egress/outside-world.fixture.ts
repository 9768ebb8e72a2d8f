import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EgressDenial, EgressPolicy } from '../core/egress.ts';
import { parseHostRules } from '../core/egress-policy.ts';
import { createLogger } from '../logger.ts';
import type { Resolution } from './resolve-name.ts';
import { createServeOutside, type EgressDeps } from './serve-outside.ts';

/** The proxy behind a Unix socket, as the gateway hands connections to it, and servers to reach or not to reach. */
export class OutsideWorld implements AsyncDisposable {
  readonly denials: EgressDenial[] = [];
  /** Names that resolve; the others are unknown. */
  readonly names = new Map<string, Resolution>();
  policy: EgressPolicy = { kind: 'open' };
  readonly #checks = new Set<() => void>();
  readonly run = new AbortController();
  readonly path: string;
  readonly #folder: string;
  readonly #door = createServer({ allowHalfOpen: true });
  readonly #clients = new Set<Socket>();
  readonly #servers: Server[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'outside.sock');
  }

  /** `privateHosts` as in EGRESS_PRIVATE_HOSTS. */
  static async start(
    privateHosts: readonly string[] = [],
    deps: Partial<EgressDeps> = {},
  ): Promise<OutsideWorld> {
    const world = new OutsideWorld(await mkdtemp(join(tmpdir(), 'deckhand-outside-')));
    const resolve = async (name: string) =>
      world.names.get(name) ?? ({ status: 'unknown' } as const);
    const serve = createServeOutside({
      logger: createLogger('silent'),
      privateHosts: parseHostRules(privateHosts),
      resolveName: resolve,
      resolveOwnName: resolve,
      readLocalNetworks: () => [],
      maxRequests: 64,
      idleMs: 60_000,
      connectTimeoutMs: 10_000,
      ...deps,
    });
    world.#door.on('connection', (socket) =>
      serve({
        socket,
        policy: () => world.policy,
        onPolicyChange(check) {
          world.#checks.add(check);
          return { [Symbol.dispose]: () => void world.#checks.delete(check) };
        },
        signal: world.run.signal,
        onDenied: (denial) => world.denials.push(denial),
      }),
    );
    world.#door.listen(world.path);
    await once(world.#door, 'listening');
    return world;
  }

  /** What a person does while connections are open. */
  changePolicy(policy: EgressPolicy): void {
    this.policy = policy;
    for (const check of this.#checks) check();
  }

  /** Connections that hear of such a change. */
  get followers(): number {
    return this.#checks.size;
  }

  /** A server on loopback that counts what comes in. */
  async listen(serve: (socket: Socket) => void): Promise<{ port: number; bytes: () => number }> {
    let bytes = 0;
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
      serve(socket);
    });
    this.#servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return { port: address.port, bytes: () => bytes };
  }

  /** A client's connection to the proxy. */
  connect(): Socket {
    const client = connect({ path: this.path, allowHalfOpen: true });
    client.on('error', () => client.destroy());
    this.#clients.add(client);
    return client;
  }

  /** Sends a text and reads until the proxy closes; the client's half ends at once unless `isHeld`. */
  async ask(text: string, isHeld = false): Promise<string> {
    const client = this.connect();
    if (isHeld) client.write(text);
    else client.end(text);
    const answer = await readAll(client);
    client.destroy();
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.run.abort();
    for (const client of this.#clients) client.destroy();
    for (const server of [this.#door, ...this.#servers]) server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}
