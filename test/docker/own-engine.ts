import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { isErrno } from '../../src/errno.ts';
import { waitUnlessAborted } from '../../src/wait.ts';

const run = promisify(execFile);

export interface OwnEngineOptions {
  /** Containers outlive the engine's process. */
  readonly hasLiveRestore?: boolean;
  /** Programs by the names under which they are runtimes besides runc. */
  readonly runtimes?: Readonly<Record<string, string>>;
}

/**
 * A Docker engine beside the machine's, with folders, socket, bridge and containerd namespace of its own, that a test
 * may stop, kill and start again; containerd is a process of its own, as where systemd starts it. Needs root. It sets no packet filter, so its containers reach nothing.
 */
export class OwnEngine implements AsyncDisposable {
  readonly docker: Docker;
  /** For DOCKER_HOST. */
  readonly url: string;
  readonly #folder: string;
  readonly #bridge: string;
  readonly #signal: AbortSignal;
  #daemon: ChildProcess | undefined;
  #containerd: ChildProcess | undefined;

  private constructor(folder: string, bridge: string, signal: AbortSignal) {
    const socketPath = join(folder, 'docker.sock');
    this.#folder = folder;
    this.#bridge = bridge;
    this.#signal = signal;
    this.docker = new Docker({ socketPath });
    this.url = `unix://${socketPath}`;
  }

  static async start(signal: AbortSignal, options: OwnEngineOptions = {}): Promise<OwnEngine> {
    // Short: a socket's path has 107 bytes at most, and containerd makes its own below.
    const folder = await mkdtemp(join(tmpdir(), 'dh-'));
    const subnet = randomInt(256);
    const bridge = `dh${randomInt(1_000_000)}`;
    await run('ip', ['link', 'add', 'name', bridge, 'type', 'bridge']);
    const engine = new OwnEngine(folder, bridge, signal);
    await run('ip', ['address', 'add', `10.213.${subnet}.1/24`, 'dev', bridge]);
    await run('ip', ['link', 'set', bridge, 'up']);
    const runtimes = Object.entries(options.runtimes ?? {}).map(([name, path]) => [name, { path }]);
    const config = {
      'live-restore': options.hasLiveRestore === true,
      runtimes: Object.fromEntries(runtimes),
    };
    await writeFile(join(folder, 'daemon.json'), JSON.stringify(config));
    engine.#containerd = await startContainerd(folder);
    await engine.start();
    return engine;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const daemon = spawn('dockerd', this.#arguments(), { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#daemon = daemon;
    let log = '';
    daemon.stderr.on('data', (chunk: Buffer) => {
      log = (log + String(chunk)).slice(-4_000);
    });
    while (!(await this.#answers())) {
      if (daemon.exitCode !== null || this.#signal.aborted)
        throw new Error(`dockerd did not come up: ${log}`, { cause: this.#signal.reason });
      await waitUnlessAborted(50, this.#signal);
    }
  }

  /** Resolves when its process is gone. */
  async end(how: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (daemon !== undefined) await endProcess(daemon, how);
  }

  /** Copies an image of another engine with its tag. */
  async takeImage(from: Docker, image: string): Promise<void> {
    const archive = await from.getImage(image).get();
    const progress = await this.docker.loadImage(archive);
    for await (const _ of progress);
    await this.docker.getImage(image).inspect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM');
    if (this.#containerd !== undefined) await endProcess(this.#containerd, 'SIGTERM');
    await run('ip', ['link', 'delete', this.#bridge]);
    // One that was killed leaves its mounts to nobody.
    for (const path of await mountsBelow(this.#folder)) await run('umount', [path]);
    await rm(this.#folder, { recursive: true, force: true });
  }

  #arguments(): string[] {
    const folder = this.#folder;
    return flags({
      'config-file': join(folder, 'daemon.json'),
      host: this.url,
      'data-root': join(folder, 'data'),
      'exec-root': join(folder, 'exec'),
      pidfile: join(folder, 'docker.pid'),
      containerd: join(folder, 'containerd.sock'),
      bridge: this.#bridge,
      iptables: 'false',
      ip6tables: 'false',
      'ip-forward': 'false',
      'ip-masq': 'false',
      'userland-proxy': 'false',
      'log-level': 'warn',
    });
  }

  async #answers(): Promise<boolean> {
    try {
      await this.docker.ping();
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ECONNREFUSED', 'ECONNRESET')) return false;
      throw error;
    }
  }
}

/** The last one first, as they have to be taken down. */
async function mountsBelow(folder: string): Promise<string[]> {
  const table = await readFile('/proc/mounts', 'utf8');
  const paths = table.split('\n').map((line) => line.split(' ')[1] ?? '');
  return paths.filter((path) => path.startsWith(`${folder}/`)).reverse();
}

async function startContainerd(folder: string): Promise<ChildProcess> {
  const path = (name: string) => join(folder, name);
  await writeFile(
    path('containerd.toml'),
    'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n',
  );
  const options = flags({
    config: path('containerd.toml'),
    address: path('containerd.sock'),
    root: path('containerd'),
    state: path('state'),
    'log-level': 'error',
  });
  return spawn('containerd', options, { stdio: 'ignore' });
}

async function endProcess(child: ChildProcess, how: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(how);
  await exited;
}

function flags(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}
