import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface DoorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Undefined: the request gets no answer at all. */
export type DoorRule = (path: string, headers: IncomingHttpHeaders) => DoorAnswer | undefined;

export interface ModelDoor extends AsyncDisposable {
  readonly origin: string;
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** How requests are answered from now on. */
  rule: DoorRule;
  /** What the clock of the server shows, unix milliseconds; undefined: it does not tell. */
  time: number | undefined;
}

/** The lists of models of all providers, and WhatsApp Web's service worker, on one loopback port. */
export async function openModelDoor(rule: DoorRule = acceptAll): Promise<ModelDoor> {
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer({ keepAlive: false }, (request, response) => {
    const path = new URL(request.url ?? '/', 'http://door').pathname;
    requests.push({ path, headers: request.headers });
    const answer = door.rule(path, request.headers);
    if (answer === undefined) return;
    response.sendDate = false;
    if (door.time !== undefined) response.setHeader('date', new Date(door.time).toUTCString());
    response.writeHead(answer.status, { connection: 'close', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const door: ModelDoor = {
    origin: `http://127.0.0.1:${port}`,
    requests,
    rule,
    time: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return door;
}

/** Takes every credential. */
export function acceptAll(path: string): DoorAnswer {
  if (path === '/sw.js') return { status: 200, body: '{\\"client_revision\\":1043857760}' };
  if (path === '/backend-api/codex/models') return { status: 200, body: { models: [] } };
  return { status: 200, body: { data: [{ id: 'gpt-5.2-codex' }] } };
}

/** Answers what is asked of models like this, and WhatsApp's server as ever. */
export function answering(
  status: number,
  body: unknown = {},
  headers: Readonly<Record<string, string>> = {},
): DoorRule {
  return (path) => (path === '/sw.js' ? acceptAll(path) : { status, body, headers });
}
