import { generateKeyPair } from 'whatsapp-rust-bridge';
import type { WebSocket } from 'ws';
import { ClientConnection, type ConnectionHandlers } from './client-connection.ts';
import { bareKey } from './noise.ts';
import { StateWatch } from './state-watch.ts';

/** Every open connection, and the server's own keys they all meet. */
export class ConnectionPool {
  readonly #keys = { static: generateKeyPair(), root: generateKeyPair() };
  readonly #connections = new Set<ClientConnection>();
  readonly #watch = new StateWatch();
  readonly #handlers: ConnectionHandlers;

  constructor(handlers: ConnectionHandlers) {
    this.#handlers = handlers;
  }

  get rootKey(): Uint8Array {
    return bareKey(this.#keys.root.pubKey);
  }

  [Symbol.iterator](): Iterator<ClientConnection> {
    return this.#connections.values();
  }

  accept(socket: WebSocket): void {
    const connection = new ClientConnection(socket, this.#keys, {
      ...this.#handlers,
      onClosed: (closed) => {
        this.#connections.delete(closed);
        this.#handlers.onClosed(closed);
        this.#watch.changed();
      },
    });
    this.#connections.add(connection);
  }

  /** Cuts all and waits for the last to be gone. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.drop();
    await this.#watch.waitUntil(() => this.#connections.size === 0);
  }
}
