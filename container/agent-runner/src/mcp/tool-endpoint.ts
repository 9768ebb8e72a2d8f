import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeError } from '../describe-error.ts';
import type { ToolContext } from '../tools/tool.ts';
import { readBoundedBody } from './bounded-body.ts';
import { type JsonRpcAnswer, readRpc } from './json-rpc.ts';
import { createToolServer, type ToolServer } from './tool-server.ts';

const ADDRESS = '127.0.0.1';
const PATH = '/mcp';
const TOKEN_BYTES = 32;

/** How the client of one run reaches its tools. Nobody does by this token after it is disposed of. */
export interface ToolAccess extends Disposable {
  readonly url: string;
  /** To be sent as `Authorization: Bearer`. */
  readonly token: string;
}

/**
 * The host's tools over MCP's streamable HTTP, on loopback, for CLIs that are programs of their own. Every
 * request is a POST that is answered with one JSON body: the server never asks, so it needs neither a stream
 * nor a session (MCP 2025-06-18 leaves both to the server).
 *
 * The token tells runs apart and keeps other users of the machine and web pages out. A command of the agent
 * may find it out, and gains nothing: a tool does no more than write into the mailbox, which is open to it.
 */
export class ToolEndpoint implements AsyncDisposable {
  readonly #server: Server;
  readonly #log: (message: string) => void;
  readonly #host: string;
  readonly #servers = new Map<string, ToolServer>();

  private constructor(server: Server, log: (message: string) => void) {
    const { port } = server.address() as AddressInfo;
    this.#server = server;
    this.#log = log;
    this.#host = `${ADDRESS}:${port}`;
    server.on('request', (request, response) => void this.#serve(request, response));
    server.on('error', (error) => log(`the tools' server: ${describeError(error)}`));
  }

  /** Listens on a free port of 127.0.0.1. Rejects when there is none. */
  static async start(log: (message: string) => void): Promise<ToolEndpoint> {
    const server = createServer();
    server.listen(0, ADDRESS);
    await once(server, 'listening');
    return new ToolEndpoint(server, log);
  }

  /** Offers the tools of a group under a token of its own. */
  open(context: ToolContext): ToolAccess {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.#servers.set(token, createToolServer(context));
    return {
      url: `http://${this.#host}${PATH}`,
      token,
      [Symbol.dispose]: () => void this.#servers.delete(token),
    };
  }

  /** Ends open calls too; what they asked of the host stands. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#servers.clear();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(request, response);
    } catch (error) {
      // The client went away; nobody is left to be told.
      this.#log(`a request of the tools broke off: ${describeError(error)}`);
      response.destroy();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A web page can lead a name of its own to this address; its requests still carry that name.
    if (request.headers.host !== this.#host) return refuse(response, 403);
    const server = this.#servers.get(readBearer(request));
    if (server === undefined) return refuse(response, 401);
    if (request.url !== PATH) return refuse(response, 404);
    if (request.method !== 'POST') return refuse(response, 405, { allow: 'POST' });
    const body = await readBoundedBody(request);
    if (body === undefined) return refuse(response, 413);
    const read = readRpc(body);
    switch (read.status) {
      case 'silent':
        response.writeHead(202).end();
        return;
      case 'bad':
        return sendAnswer(response, 400, read.answer);
      case 'request':
        return sendAnswer(response, 200, await server.answer(read.request));
      default:
        read satisfies never;
    }
  }
}

function readBearer({ headers }: IncomingMessage): string {
  return /^Bearer (?<token>\S+)$/i.exec(headers.authorization ?? '')?.groups?.['token'] ?? '';
}

/** The connection ends with it, because the body may not have been read. */
function refuse(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, connection: 'close' }).end();
}

function sendAnswer(response: ServerResponse, status: number, answer: JsonRpcAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}
