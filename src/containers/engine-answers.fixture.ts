import { once } from 'node:events';
import { createServer } from 'node:http';
import Docker from 'dockerode';

/** An engine on a Unix socket that answers these paths, such as `/info`, and nothing else. */
export async function serveAnswers(
  socketPath: string,
  answers: Readonly<Record<string, unknown>>,
): Promise<AsyncDisposable & { readonly docker: Docker; readonly asked: readonly URL[] }> {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://engine');
    asked.push(url);
    const answer = answers[url.pathname];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { message: 'no such thing' }));
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    docker: new Docker({ socketPath }),
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
