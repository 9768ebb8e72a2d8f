import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';

/**
 * As much of Docker's HTTP interface as setup uses, on a socket of its own: an engine that can stop in the middle of
 * a build, which the real one of the machine must not.
 */
export class ScriptedEngine implements AsyncDisposable {
  /** Whether a build stops after its first step and goes on only by `cut`. */
  isStalling = false;
  builds = 0;
  readonly #socketPath: string;
  #server: Server | undefined;
  #labels: unknown;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://engine');
      if (url.pathname.endsWith('/build')) {
        request.resume().on('end', () => this.#build(url, response));
      } else this.#answer(url.pathname, response);
    });
    this.#server.listen(this.#socketPath);
    await once(this.#server, 'listening');
  }

  /** As if the engine had been stopped. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #answer(path: string, response: ServerResponse): void {
    const isImage = path.includes('/images/');
    const isThere = isImage && this.#labels !== undefined;
    const image = { Id: 'sha256:abc', Config: { Labels: this.#labels }, RepoTags: ['a'] };
    const answer = isThere ? image : { Version: '27.0.1', ApiVersion: '1.46' };
    response.writeHead(isImage && !isThere ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }

  #build(url: URL, response: ServerResponse): void {
    this.builds += 1;
    const say = (stream: string) => response.write(`${JSON.stringify({ stream })}\r\n`);
    response.writeHead(200, { 'content-type': 'application/json' });
    say('Step 1/2 : FROM base\n');
    if (this.isStalling) return;
    say('Step 2/2 : RUN true\n');
    this.#labels = JSON.parse(url.searchParams.get('labels') ?? '{}');
    response.end();
  }
}
