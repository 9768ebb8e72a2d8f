import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Servers that nobody inside a container may reach. They count what comes, and answer with a secret. */
export class Canary implements AsyncDisposable {
  readonly secret: string;
  #touches = 0;
  readonly #tcp: Server[] = [];
  readonly #udp: UdpSocket;

  private constructor(secret: string) {
    this.secret = secret;
    this.#udp = createSocket('udp4', (_message, { port, address }) => {
      this.#touches += 1;
      this.#udp.send(secret, port, address);
    });
  }

  /** TCP on all addresses and on loopback, UDP on all addresses. */
  static async start(secret: string): Promise<{
    canary: Canary;
    port: number;
    loopbackPort: number;
    udpPort: number;
  }> {
    const canary = new Canary(secret);
    const port = await canary.#listen('0.0.0.0');
    const loopbackPort = await canary.#listen('127.0.0.1');
    canary.#udp.bind(0, '0.0.0.0');
    await once(canary.#udp, 'listening');
    return { canary, port, loopbackPort, udpPort: canary.#udp.address().port };
  }

  /** Connections and datagrams so far. */
  get touches(): number {
    return this.#touches;
  }

  async #listen(host: string): Promise<number> {
    const server = createServer((socket) => {
      this.#touches += 1;
      socket.on('error', () => socket.destroy());
      socket.once('data', () => {
        const body = `<p>${this.secret}</p>`;
        socket.end(
          `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
        );
      });
    });
    this.#tcp.push(server);
    server.listen(0, host);
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#tcp) server.close();
    this.#udp.close();
  }
}
