import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker, { type DockerOptions } from 'dockerode';
import { z } from 'zod';
import { isErrno } from '../errno.ts';

export interface DockerClientDeps {
  /** DOCKER_HOST, when set: `unix://…`, `npipe://…`, `tcp://…`, `http(s)://…` or `ssh://…`. */
  readonly dockerHost?: string | undefined;
  /** Folder of the Docker CLI's configuration, usually `~/.docker`: its current context is honoured. */
  readonly dockerConfigFolder?: string | undefined;
}

const cliConfigSchema = z.object({ currentContext: z.string().optional() });
const contextSchema = z.object({
  Endpoints: z.object({ docker: z.object({ Host: z.string().min(1) }).optional() }),
});

/** Client of the engine that DOCKER_HOST, else the Docker CLI's context, else the platform's default names. */
export async function createDockerClient(deps: DockerClientDeps = {}): Promise<Docker> {
  const host = deps.dockerHost ?? (await contextHost(deps.dockerConfigFolder));
  return new Docker(host === undefined ? {} : dockerOptions(host));
}

/** Throws when the address is none. TLS material comes from DOCKER_CERT_PATH, read by the client library. */
export function dockerOptions(host: string): DockerOptions {
  const local = /^(?:unix|npipe):\/\/(.+)$/.exec(host)?.[1];
  if (local !== undefined) return { socketPath: local };
  const url = new URL(host.includes('//') ? host : `tcp://${host}`);
  if (url.hostname === '') throw new Error(`DOCKER_HOST "${host}" names no host`);
  const port = url.port === '' ? 2375 : Number(url.port);
  if (url.protocol === 'ssh:') {
    const sshPort = url.port === '' ? 22 : Number(url.port);
    return { protocol: 'ssh', host: url.hostname, port: sshPort, username: url.username };
  }
  const isTls = url.protocol === 'https:' || port === 2376;
  return { protocol: isTls ? 'https' : 'http', host: url.hostname, port };
}

async function contextHost(configFolder: string | undefined): Promise<string | undefined> {
  if (configFolder === undefined) return undefined;
  const config = await readJson(join(configFolder, 'config.json'), cliConfigSchema);
  const context = config?.currentContext;
  if (context === undefined || context === 'default') return undefined;
  const id = createHash('sha256').update(context).digest('hex');
  const meta = join(configFolder, 'contexts', 'meta', id, 'meta.json');
  return (await readJson(meta, contextSchema))?.Endpoints.docker?.Host;
}

/** Undefined when the file does not exist. */
async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw new Error(`${path} cannot be read`, { cause: error });
  });
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}
