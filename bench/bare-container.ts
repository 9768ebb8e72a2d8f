import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import type { ContainerSite } from './container-site.ts';

const PRINT_ONE_BYTE = ['node', '-e', 'process.stdout.write("1")'];

/**
 * The floor of a cold start: create, attach and start a container of the agent image with Docker's defaults,
 * no mount and no limit, in which node prints one byte. Milliseconds until that byte is here.
 */
export async function timeBareStart({ docker, image, label }: ContainerSite): Promise<number> {
  const startedAt = performance.now();
  const container = await docker.createContainer({
    Image: image,
    Entrypoint: PRINT_ONE_BYTE,
    Cmd: [],
    Labels: { ...label },
    AttachStdout: true,
  });
  try {
    const stream = await container.attach({ stream: true, stdout: true, hijack: true });
    const output = new PassThrough();
    docker.modem.demuxStream(stream, output, new PassThrough());
    const firstByte = once(output, 'data');
    const exit = container.wait({ condition: 'next-exit' });
    await container.start();
    await firstByte;
    const ms = performance.now() - startedAt;
    await exit;
    return ms;
  } finally {
    await container.remove({ force: true });
  }
}

/** A container of the agent image that does nothing; for programs to be started in. */
export async function startIdleContainer(site: ContainerSite): Promise<Container> {
  const container = await site.docker.createContainer({
    Image: site.image,
    Entrypoint: ['sleep', 'infinity'],
    Cmd: [],
    Labels: { ...site.label },
    HostConfig: { Init: true },
  });
  await container.start();
  return container;
}

export interface BareCommand {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/**
 * Runs a program in a running container to the end of its output. Milliseconds from before the engine is
 * asked. Rejects when the program fails.
 */
export async function timeExec(
  docker: Docker,
  container: Container,
  { argv, env = {}, input = '' }: BareCommand,
): Promise<number> {
  const startedAt = performance.now();
  const exec = await container.exec({
    Cmd: [...argv],
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  const output = new PassThrough();
  docker.modem.demuxStream(stream, output, output);
  const written = text(output);
  stream.end(input);
  await once(stream, 'end');
  const ms = performance.now() - startedAt;
  output.end();
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`${argv[0]} ended with ${ExitCode}: ${await written}`);
  return ms;
}
