import { once } from 'node:events';
import { createServer } from 'node:http';

export interface EngineAnswers {
  /** Labels of the one image there is; no image without them. */
  readonly imageLabels?: Readonly<Record<string, string>>;
  readonly containers?: readonly {
    readonly Id: string;
    readonly State: string;
    readonly Labels: Readonly<Record<string, string>>;
  }[];
}

/** The part of Docker's HTTP interface that status and doctor ask for, on a socket of its own. */
export async function startEngine(
  socketPath: string,
  answers: EngineAnswers,
): Promise<AsyncDisposable & { readonly requests: readonly string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    requests.push(url);
    const answer = answerTo(url, answers);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { message: 'no such thing' }));
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answerTo(url: string, { imageLabels, containers = [] }: EngineAnswers): unknown {
  if (url.endsWith('/version')) return { Version: '27.0.1', ApiVersion: '1.46' };
  if (url.endsWith('/info')) return { DockerRootDir: '/not/on/this/machine' };
  if (url.includes('/containers/json')) return containers;
  if (url.includes('/images/') && imageLabels !== undefined) {
    return { Id: 'sha256:abc', Config: { Labels: imageLabels } };
  }
  return undefined;
}
