import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import { BASE_IMAGE } from '../../docker/engine.ts';

const PORT = 80;

/** Another container, which no agent may reach. It tells of each connection and answers with a secret. */
export class Neighbour implements AsyncDisposable {
  readonly address: string;
  readonly #container: Container;

  private constructor(container: Container, address: string) {
    this.#container = container;
    this.address = address;
  }

  /** On the engine's usual network. */
  static async start(docker: Docker, secret: string): Promise<Neighbour> {
    const container = await docker.createContainer({
      Image: BASE_IMAGE,
      Entrypoint: ['node', '-e', serve(secret)],
      Cmd: [],
    });
    try {
      await container.start();
      await untilReady(container);
      const { NetworkSettings } = await container.inspect();
      const address = NetworkSettings.Networks['bridge']?.IPAddress;
      if (!address) throw new Error('the other container has no address');
      return new Neighbour(container, address);
    } catch (error) {
      await container.remove({ force: true });
      throw error;
    }
  }

  /** Connections so far. */
  async countTouches(): Promise<number> {
    const output = await this.#container.logs({ stdout: true });
    return output.toString().split('touched').length - 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container.remove({ force: true });
  }
}

async function untilReady(container: Container): Promise<void> {
  const output = await container.logs({ stdout: true, stderr: true, follow: true });
  let said = '';
  for await (const chunk of output) {
    said += String(chunk);
    if (said.includes('ready')) return;
  }
  throw new Error(`the other container does not serve: ${said}`);
}

function serve(secret: string): string {
  return `require('http').createServer((_request, response) => response.end('${secret}'))
    .on('connection', () => console.log('touched')).listen(${PORT}, () => console.log('ready'))`;
}
