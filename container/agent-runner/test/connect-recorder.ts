import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy for https that writes down where a program wants to go (`host:port`), and lets it go nowhere. */
export class ConnectRecorder implements AsyncDisposable {
  readonly targets: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connect', ({ url }, socket) => {
      this.targets.push(url ?? '');
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
    });
  }

  static async start(): Promise<ConnectRecorder> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ConnectRecorder(server);
  }

  /** For HTTPS_PROXY. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
