import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isErrno } from '../errno.ts';
import type { PlainHeaders } from './headers.ts';

export interface UpstreamRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: PlainHeaders;
  readonly body?: Buffer | undefined;
}

/** Connections to the servers of models, kept for the next request. */
export interface Upstream extends Disposable {
  /** Resolves with the beginning of the answer, whatever its status. Redirects are not followed. Rejects when there is none. */
  send(request: UpstreamRequest, signal: AbortSignal): Promise<IncomingMessage>;
}

export function createUpstream(): Upstream {
  const plain = new http.Agent({ keepAlive: true });
  const secure = new https.Agent({ keepAlive: true });
  return {
    async send(request, signal) {
      const isSecure = request.url.startsWith('https:');
      const open = () =>
        isSecure
          ? https.request(request.url, { ...optionsOf(request, signal), agent: secure })
          : http.request(request.url, { ...optionsOf(request, signal), agent: plain });
      return await sendOnce(open, request.body);
    },
    [Symbol.dispose]() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function optionsOf({ method, headers, body }: UpstreamRequest, signal: AbortSignal) {
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  return { method, signal, headers: { ...headers, ...length, 'accept-encoding': 'identity' } };
}

/** A kept connection may have been closed by the server meanwhile: then the request goes over a new one. */
async function sendOnce(
  open: () => http.ClientRequest,
  body: Buffer | undefined,
): Promise<IncomingMessage> {
  for (;;) {
    const request = open();
    request.end(body);
    try {
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      // What breaks now, breaks the answer; whoever reads that hears of it.
      request.on('error', () => request.destroy());
      return response;
    } catch (error) {
      if (!request.reusedSocket || !isErrno(error, 'ECONNRESET', 'EPIPE')) throw error;
    }
  }
}
