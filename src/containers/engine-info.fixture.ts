import { once } from 'node:events';
import { createServer } from 'node:http';

/** An engine on a Unix socket that answers `/info`, and nothing else. */
export async function serveInfo(socketPath: string, info: unknown): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    const isInfo = request.url?.endsWith('/info') === true;
    response.writeHead(isInfo ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isInfo ? info : { message: 'no such thing' }));
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
