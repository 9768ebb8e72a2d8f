import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const PATH = '/ws/chat';
/** Largest WebSocket message accepted, in bytes. */
const MAX_PAYLOAD = 16 * 1024 * 1024;

/** The listening socket on 127.0.0.1. Its port stays the same when it stops and listens again. */
export class Listener {
  readonly #onSocket: (socket: WebSocket) => void;
  readonly #onRequest: RequestListener;
  readonly #upgrades = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD });
  #server: Server | undefined;
  #port: number;

  constructor(port: number, onSocket: (socket: WebSocket) => void, onRequest: RequestListener) {
    this.#port = port;
    this.#onSocket = onSocket;
    this.#onRequest = onRequest;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}${PATH}`;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    if (this.#server) return;
    const server = createServer(this.#onRequest);
    this.#server = server;
    server.on('upgrade', (request, socket, head) => {
      if (request.url?.split('?')[0] !== PATH) return socket.destroy();
      return this.#upgrades.handleUpgrade(request, socket, head, this.#onSocket);
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /**
   * Stops listening at once; sockets that are open stay open.
   *
   * @returns once those are closed too
   */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
