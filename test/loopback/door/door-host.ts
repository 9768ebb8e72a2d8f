import { once } from 'node:events';
import { chmod, mkdir } from 'node:fs/promises';
import {
  type ClientRequest,
  createServer as createHttpServer,
  type RequestOptions,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';
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

  get folder(): string {
    return this.#options.folder;
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
    const port = this.#options.modelPort;
    this.#http.model.on('request', (request, response) => {
      const { method, headers, url = '' } = request;
      const path = url.startsWith('/v1/') ? url : `/v1${url}`;
      request.pipe(askLocally({ method, headers, path, port }, response));
    });
  }

  #serveOutside(): void {
    const port = this.#options.outsidePort;
    this.#http.outside.on('connect', ({ url = '' }, socket: Socket, head) => {
      this.targets.push(url);
      if (port === undefined) socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      else this.#tunnel(socket, head, port);
    });
    this.#http.outside.on('request', ({ method, headers, url = '' }, response) => {
      const { host, pathname: path, port: named } = new URL(url);
      this.targets.push(named === '' ? `${host}:80` : host);
      if (port === undefined) response.writeHead(403).end();
      else askLocally({ method, headers, path, port }, response).end();
    });
  }

  #tunnel(socket: Socket, head: Buffer, port: number): void {
    const outside = this.#keep(createConnection({ host: '127.0.0.1', port }));
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    outside.write(head);
    socket.pipe(outside).pipe(socket);
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    return socket.once('close', () => this.#sockets.delete(socket));
  }
}

/** Sends a request to this machine and its answer to `response`; what breaks one breaks the other. */
function askLocally(options: RequestOptions, response: ServerResponse): ClientRequest {
  const asked = sendRequest({ ...options, host: '127.0.0.1' }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  asked.on('error', () => response.destroy());
  response.on('close', () => asked.destroy());
  return asked;
}
