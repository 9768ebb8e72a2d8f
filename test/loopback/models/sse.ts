import type { ServerResponse } from 'node:http';

/** Opens a stream of server-sent events and returns the function that sends one. */
export function openEventStream(response: ServerResponse): (event: { type: string }) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  return (event) => {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  };
}

/** Sends what was written so far and then drops the connection in the middle of the stream. */
export function cutConnection(response: ServerResponse): void {
  response.write(': cut\n\n', () => response.destroy());
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
