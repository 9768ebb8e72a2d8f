import { once } from 'node:events';
import { chmod, mkdir } from 'node:fs/promises';
import { createServer as createHttpServer, request as sendRequest } from 'node:http';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { DOOR_SOCKET, type DoorLine, doorLineSchema } from '@deckhand/protocol';

const NEWLINE = 0x0a;

export interface DoorHostOptions {
  /** Folder of the socket; made when missing. */
  readonly folder: string;
  /** Port on 127.0.0.1 that answers for every model. */
  readonly modelPort: number;
  /** Port on 127.0.0.1 to which every way outside leads, whatever its name. Absent: none is open. */
  readonly outsidePort?: number;
}

/**
 * The host's end of an agent's door without any of its rules, so that the container's side can be tested by itself:
 * `model` is asked of the loopback model, `outside` is a proxy that leads everywhere to one port.
 */
export class DoorHost implements AsyncDisposable {
  /** First lines so far, oldest first. */
  readonly lines: DoorLine[] = [];
  /** What programs wanted to reach outside, `host:port` each. */
  readonly targets: string[] = [];
  readonly #options: DoorHostOptions;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #http = { model: createHttpServer(), outside: createHttpServer() };

  private constructor(options: DoorHostOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#serveModel();
    this.#serveOutside();
  }

  static async start(options: DoorHostOptions): Promise<DoorHost> {
    const host = new DoorHost(options);
    const path = join(options.folder, DOOR_SOCKET);
    await mkdir(options.folder, { recursive: true });
    host.#server.listen(path);
    await once(host.#server, 'listening');
    // The container's user is another one than the tests' where those are root.
    await chmod(path, 0o666);
    return host;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#keep(socket);
    const onData = (start: Buffer) => {
      const end = start.indexOf(NEWLINE);
      const line = doorLineSchema.parse(JSON.parse(start.subarray(0, end).toString()));
      this.lines.push(line);
      socket.pause();
      if (start.length > end + 1) socket.unshift(start.subarray(end + 1));
      this.#http[line.to].emit('connection', socket);
      socket.resume();
    };
    socket.once('data', onData);
  }

  #serveModel(): void {
    this.#http.model.on('request', (request, response) => {
      const { method, headers, url = '' } = request;
      const path = url.startsWith('/v1/') ? url : `/v1${url}`;
      const port = this.#options.modelPort;
      const asked = sendRequest({ host: '127.0.0.1', port, method, headers, path }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('error', () => response.destroy());
        answer.pipe(response);
      });
      asked.on('error', () => response.destroy());
      response.on('close', () => asked.destroy());
      request.pipe(asked);
    });
  }

  #serveOutside(): void {
    this.#http.outside.on('connect', ({ url = '' }, socket: Socket, head) => {
      this.targets.push(url);
      const port = this.#options.outsidePort;
      if (port === undefined) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      const outside = this.#keep(createConnection({ host: '127.0.0.1', port }));
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      outside.write(head);
      socket.pipe(outside).pipe(socket);
    });
    this.#http.outside.on('request', ({ method, headers, url = '' }, response) => {
      const { host, pathname, port: named } = new URL(url);
      this.targets.push(named === '' ? `${host}:80` : host);
      const port = this.#options.outsidePort;
      if (port === undefined) return void response.writeHead(403).end();
      const options = { host: '127.0.0.1', port, method, headers, path: pathname };
      const asked = sendRequest(options, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      asked.on('error', () => response.destroy());
      asked.end();
    });
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    return socket.once('close', () => this.#sockets.delete(socket));
  }
}
