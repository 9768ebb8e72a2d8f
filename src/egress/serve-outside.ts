import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { parseAuthority, parseHttpTarget } from '../core/destination.ts';
import { terminalText } from '../core/terminal-text.ts';
import type { Logger } from '../logger.ts';
import type { OutsideRequest, ServeOutside } from '../ports.ts';
import { answerRefusal, refuseConnection } from './answer-refusal.ts';
import { forward } from './forward.ts';
import type { JudgeDeps } from './judge-destination.ts';
import { openDestination } from './open-destination.ts';
import { NOT_A_DESTINATION, type Refusal, TOO_MANY_REQUESTS, unreachable } from './refusal.ts';
import { createRunPlaces } from './run-places.ts';
import { tunnel } from './tunnel.ts';

export interface EgressDeps extends JudgeDeps {
  readonly logger: Logger;
  /** Of one run at a time, a tunnel to its end and one whose client has gone too: servers and names are asked for it. */
  readonly maxRequests: number;
  /** After so long without a byte a connection is closed. */
  readonly idleMs: number;
  readonly connectTimeoutMs: number;
}

/**
 * The parser of HTTP, two pipelines and what is here listen together to more than the ten that would be warned of, and
 * each of the requests that come through one connection at once does besides.
 */
const MAX_LISTENERS = 20;

/** How much of a host that is none is told to people. */
const MAX_SHOWN_CHARS = 100;

/**
 * The HTTP proxy through which agents reach the outside: CONNECT, and http:// URLs. What is inside a tunnel is not
 * looked at: the policy holds for where it leads, not for the name that its TLS asks for.
 */
export function createServeOutside(deps: EgressDeps): ServeOutside {
  const requests = new WeakMap<Duplex, OutsideRequest>();
  const places = createRunPlaces(deps.maxRequests);
  const server = createServer();
  server.timeout = deps.idleMs;
  const begin = (
    client: Duplex,
    refuse: (refusal: Refusal) => void,
    serve: (request: OutsideRequest) => Promise<void>,
  ) => {
    const request = requests.get(client);
    const place = request && places.take(request.signal);
    if (request === undefined) client.destroy();
    else if (place === undefined) refuse(TOO_MANY_REQUESTS);
    else void guard(deps.logger, request, place, () => serve(request));
  };
  server.on('request', (asked, answer) =>
    begin(
      asked.socket,
      (refusal) => answerRefusal(answer, refusal),
      (request) => serveUrl(deps, request, asked, answer),
    ),
  );
  server.on('connect', (asked, client, head) =>
    begin(
      client,
      (refusal) => refuseConnection(client, refusal),
      (request) => serveTunnel(deps, request, asked, head),
    ),
  );
  server.on('clientError', (_error, client) => refuseConnection(client, NOT_A_DESTINATION));
  return (request) => {
    request.socket.setMaxListeners(MAX_LISTENERS + deps.maxRequests);
    holdToSignal(request);
    if (request.socket.destroyed) return;
    requests.set(request.socket, request);
    server.emit('connection', request.socket);
  };
}

/** A client that breaks off is no fault of ours, and its run's end is its own end. */
function holdToSignal({ socket, signal }: OutsideRequest): void {
  socket.on('error', () => socket.destroy());
  socket.allowHalfOpen = true;
  const close = () => socket.destroy();
  signal.addEventListener('abort', close, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', close));
  if (signal.aborted) close();
}

/** What is thrown here is a bug; it must not reach further than the connection. The place is held to the end. */
async function guard(
  logger: Logger,
  { socket }: OutsideRequest,
  place: Disposable,
  serve: () => Promise<void>,
): Promise<void> {
  using _place = place;
  try {
    await serve();
  } catch (err) {
    logger.error({ err }, 'connection to the outside failed');
    socket.destroy();
  }
}

async function serveTunnel(
  deps: EgressDeps,
  request: OutsideRequest,
  asked: IncomingMessage,
  head: Buffer,
): Promise<void> {
  const { socket } = request;
  const destination = parseAuthority(asked.url ?? '');
  if (destination === undefined) {
    noteBadHost(request, asked.url);
    refuseConnection(socket, NOT_A_DESTINATION);
    return;
  }
  const opened = await openDestination(deps, request, destination);
  if (opened.status === 'refused') refuseConnection(socket, opened.refusal);
  else await tunnel(socket, opened.server, head, deps.idleMs);
}

async function serveUrl(
  deps: EgressDeps,
  request: OutsideRequest,
  asked: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const target = parseHttpTarget(asked.url ?? '');
  if (target === undefined) {
    noteBadHost(request, asked.url);
    answerRefusal(answer, NOT_A_DESTINATION);
    return;
  }
  const opened = await openDestination(deps, request, target);
  if (opened.status === 'refused') {
    answerRefusal(answer, opened.refusal);
    return;
  }
  try {
    await forward(asked, answer, target, opened.server);
  } catch (err) {
    // The server broke off, or the client did, which nobody needs to be told then.
    deps.logger.debug({ err }, 'request to the outside broke off');
    answerRefusal(answer, unreachable(target, false));
  } finally {
    opened.server.destroy();
  }
}

/** What names no host at all is a mistake, not an attempt. Of a URL nothing else is kept: it may hold a password. */
function noteBadHost({ onDenied }: OutsideRequest, url = ''): void {
  const authority = url.replace(/^[a-z]+:\/\//i, '').replace(/[/?#].*$/s, '');
  const host = terminalText(authority.replace(/^.*@/s, '').slice(0, MAX_SHOWN_CHARS));
  if (host !== '') onDenied({ host, port: 0, reason: 'bad_host' });
}
