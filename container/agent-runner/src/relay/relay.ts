import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type DoorTarget, encodeLine, MODEL_PORT, OUTSIDE_PORT } from '@deckhand/protocol';
import { describeError } from '../describe-error.ts';
import { connectToHost, type Door } from './door.ts';
import { joinSockets } from './join-sockets.ts';

/** Connections of a run at once; a browser opens some dozens. */
const MAX_CONNECTIONS = 128;
/** A restart of the host takes seconds; programs inside wait no longer than this for a connection. */
const HOLD_MS = 60_000;

const PORTS = { model: MODEL_PORT, outside: OUTSIDE_PORT } as const;

export interface RelayLimits {
  readonly maxConnections: number;
  readonly holdMs: number;
}

/** What the programs inside are told, `http://127.0.0.1:port` each. */
export interface RelayAddresses {
  readonly modelUrl: string;
  readonly outsideUrl: string;
}

interface OpenRun {
  readonly token: string;
  readonly end: AbortController;
  /** From the programs inside. */
  readonly clients: Set<Socket>;
  /** To the host. */
  readonly hosts: Set<Socket>;
}

/**
 * The inner side of the host's door: takes connections on loopback and hands each through the host's socket, behind a
 * line that names the run. `closed → open (one run) → closed`: without a run every connection is closed at once, and
 * with the end of the run all of its connections are.
 */
export class Relay implements AsyncDisposable {
  readonly #door: Door;
  readonly #log: (message: string) => void;
  readonly #limits: RelayLimits;
  readonly #servers: Readonly<Record<DoorTarget, Server>>;
  #run: OpenRun | undefined;

  private constructor(door: Door, log: (message: string) => void, limits: RelayLimits) {
    this.#door = door;
    this.#log = log;
    this.#limits = limits;
    const serve = (to: DoorTarget) =>
      createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket, to));
    this.#servers = { model: serve('model'), outside: serve('outside') };
  }

  /** Rejects when a port is taken. */
  static async start(
    door: Door,
    log: (message: string) => void,
    limits: RelayLimits = { maxConnections: MAX_CONNECTIONS, holdMs: HOLD_MS },
  ): Promise<Relay> {
    const relay = new Relay(door, log, limits);
    for (const to of ['model', 'outside'] as const) {
      const server = relay.#servers[to];
      server.listen(door.hasOwnPorts ? PORTS[to] : 0, '127.0.0.1');
      await once(server, 'listening');
    }
    return relay;
  }

  get addresses(): RelayAddresses {
    const urlOf = (to: DoorTarget) =>
      `http://127.0.0.1:${(this.#servers[to].address() as AddressInfo).port}`;
    return { modelUrl: urlOf('model'), outsideUrl: urlOf('outside') };
  }

  /** Lets connections through until the answer is disposed. Throws while another run is open. */
  openRun(token: string): Disposable {
    if (this.#run) throw new Error('the relay serves one run at a time');
    const run: OpenRun = {
      token,
      end: new AbortController(),
      clients: new Set(),
      hosts: new Set(),
    };
    this.#run = run;
    return {
      [Symbol.dispose]: () => {
        if (this.#run === run) this.#run = undefined;
        run.end.abort();
        for (const socket of [...run.clients, ...run.hosts]) socket.destroy();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of Object.values(this.#servers)) {
      const closed = once(server, 'close');
      server.close();
      await closed;
    }
  }

  #accept(socket: Socket, to: DoorTarget): void {
    // The other end may go away at any time, also before there is anybody to tell.
    socket.on('error', () => socket.destroy());
    const run = this.#run;
    if (!run || run.clients.size >= this.#limits.maxConnections) return void socket.destroy();
    keepWhileOpen(run.clients, socket);
    void this.#connect(socket, run, to);
  }

  async #connect(socket: Socket, run: OpenRun, to: DoorTarget): Promise<void> {
    const given = new AbortController();
    const timer = setTimeout(() => given.abort(), this.#limits.holdMs);
    const giveUp = () => given.abort();
    socket.once('close', giveUp);
    try {
      const signal = AbortSignal.any([run.end.signal, given.signal]);
      const host = await connectToHost(this.#door.folder, signal);
      if (!host) return void socket.destroy();
      if (socket.destroyed) return void host.destroy();
      keepWhileOpen(run.hosts, host);
      host.write(encodeLine({ v: 1, token: run.token, to }));
      joinSockets(socket, host);
    } catch (error) {
      this.#log(describeError(error));
      socket.destroy();
    } finally {
      socket.off('close', giveUp);
      clearTimeout(timer);
    }
  }
}

function keepWhileOpen(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}
