import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const PATH = '/ws/chat';
/** Largest WebSocket message accepted, in bytes. */
const MAX_PAYLOAD = 16 * 1024 * 1024;

/** The listening socket on 127.0.0.1. Its port stays the same when it stops and listens again. */
export class Listener {
  readonly #onSocket: (socket: WebSocket) => void;
  readonly #upgrades = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD });
  #server: Server | undefined;
  #port: number;

  constructor(port: number, onSocket: (socket: WebSocket) => void) {
    this.#port = port;
    this.#onSocket = onSocket;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}${PATH}`;
  }

  async open(): Promise<void> {
    if (this.#server) return;
    const server = createServer((_, response) => response.writeHead(404).end());
    this.#server = server;
    server.on('upgrade', (request, socket, head) => {
      if (request.url?.split('?')[0] !== PATH) return socket.destroy();
      return this.#upgrades.handleUpgrade(request, socket, head, this.#onSocket);
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Stops listening at once; sockets that are open stay open. */
  close(): void {
    this.#server?.close();
    this.#server = undefined;
  }
}
