import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isErrno } from '../../errno.ts';
import { type CallbackOutcome, judgeCallback } from './callback-parameters.ts';
import { type ResultPage, renderResultPage } from './result-page.ts';

/** As if the page came from nowhere: no script, nothing loaded, no address with a code handed on. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
} as const;

/** The browser that brought an answer waits for its page until `show` is called. */
export interface Callback {
  readonly outcome: CallbackOutcome;
  /** Resolves when the page has left, or the browser has gone away. */
  readonly show: (page: ResultPage) => Promise<void>;
}

export type CallbackListening =
  | { status: 'listening'; server: CallbackServer }
  | { status: 'port_taken' };

/** Listens on 127.0.0.1 only: nobody but this machine can bring an answer. Port 0 takes any. */
export async function listenForCallback(port: number, state: string): Promise<CallbackListening> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    // EACCES: ports that are reserved for others.
    if (isErrno(error, 'EADDRINUSE', 'EACCES')) return { status: 'port_taken' };
    throw error;
  }
  return { status: 'listening', server: new CallbackServer(server, state) };
}

/**
 * Waits for one answer of a browser on `/auth/callback`; whatever comes later is told that it is too late.
 * States: waiting → answered. Disposing cuts every connection, also those that browsers keep open for later.
 */
export class CallbackServer {
  readonly #server: Server;
  readonly #state: string;
  readonly #callback = Promise.withResolvers<Callback>();
  #isAnswered = false;

  constructor(server: Server, state: string) {
    this.#server = server;
    this.#state = state;
    server.on('request', (request, response) => this.#serve(request, response));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Rejects with the signal's reason when it aborts. */
  async receive(signal: AbortSignal): Promise<Callback> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.#callback.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    // What a browser that goes away leaves behind is of no interest.
    response.on('error', () => undefined);
    const [path, query = ''] = (request.url ?? '').split('?', 2);
    if (path !== '/auth/callback') return sendPlain(response, 404);
    if (request.method !== 'GET') return sendPlain(response, 405);
    if (this.#isAnswered) return sendPlain(response, 410);
    this.#isAnswered = true;
    this.#callback.resolve({
      outcome: judgeCallback(new URLSearchParams(query), this.#state),
      show: (page) => sendPage(response, page),
    });
  }
}

function sendPlain(response: ServerResponse, status: 404 | 405 | 410): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain' }).end();
}

async function sendPage(response: ServerResponse, page: ResultPage): Promise<void> {
  if (response.destroyed) return;
  const over = new Promise<void>((resolve) => {
    response.once('finish', resolve);
    response.once('close', resolve);
  });
  response.writeHead(page.isSuccess ? 200 : 400, HEADERS).end(renderResultPage(page));
  await over;
}
