import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { HttpTarget } from '../core/destination.ts';
import { endToEndHeaders } from './headers.ts';

/**
 * Asks the server for what the client wants, over a connection that leads there, and passes the answer on as it is:
 * redirects are the client's business. Rejects when the server breaks off; the answer may have begun then.
 */
export async function forward(
  asked: IncomingMessage,
  answer: ServerResponse,
  { authority, path }: HttpTarget,
  server: Socket,
): Promise<void> {
  const isChunked = asked.headers['transfer-encoding'] !== undefined;
  const outgoing = request({
    createConnection: () => server,
    method: asked.method,
    path,
    setHost: false,
    headers: {
      ...endToEndHeaders(asked.headersDistinct),
      host: authority,
      connection: 'close',
      ...(isChunked ? { 'transfer-encoding': 'chunked' } : {}),
    },
  });
  const sent = pipeline(asked, outgoing);
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  // A server may answer before it has read everything.
  const [incoming] = await Promise.race([answered, sent.then(() => answered)]);
  answer.writeHead(incoming.statusCode ?? 502, endToEndHeaders(incoming.headersDistinct));
  await Promise.all([pipeline(incoming, answer), sent.catch(() => undefined)]);
}
