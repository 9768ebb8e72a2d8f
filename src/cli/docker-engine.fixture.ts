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
  /** What `/info` says besides, or instead, of an engine of this Linux. */
  readonly info?: Readonly<Record<string, unknown>>;
}

const INFO = {
  DockerRootDir: '/not/on/this/machine',
  OSType: 'linux',
  OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
};

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

function answerTo(url: string, answers: EngineAnswers): unknown {
  const { imageLabels, containers = [], info } = answers;
  if (url.endsWith('/_ping')) return 'OK';
  if (url.endsWith('/version')) return { Version: '27.0.1', ApiVersion: '1.46' };
  if (url.endsWith('/info')) return { ...INFO, ...info };
  if (url.includes('/containers/json')) return containers;
  if (url.includes('/images/') && imageLabels !== undefined) {
    return { Id: 'sha256:abc', Config: { Labels: imageLabels } };
  }
  return undefined;
}
