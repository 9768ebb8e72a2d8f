import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostSettings, type Order, reportSchema } from './host-messages.ts';

const PROGRAM = join(import.meta.dirname, 'main.ts');

/** How a host process ended. */
export interface HostEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why its host stopped serving, when it did so by itself. */
  readonly reason: string | undefined;
}

/** A host in a process of its own: loading → loaded → started → ended. */
export class HostProcess implements AsyncDisposable {
  /** Resolves when it waits for its order; never when it ended before. */
  readonly loaded: Promise<void>;
  /** Resolves when it has come to as many crash points as ordered; stays pending otherwise. */
  readonly reached: Promise<void>;
  /** Resolves the first time that it comes to no crash point for a while. */
  readonly quiet: Promise<void>;
  readonly ended: Promise<HostEnd>;
  readonly #child: ChildProcess;
  #reason: string | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    const loaded = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const quiet = Promise.withResolvers<void>();
    this.loaded = loaded.promise;
    this.reached = reached.promise;
    this.quiet = quiet.promise;
    child.on('message', (message) => {
      const report = reportSchema.parse(message);
      if (report.type === 'loaded') loaded.resolve();
      else if (report.type === 'reached') reached.resolve();
      else if (report.type === 'quiet') quiet.resolve();
      else this.#reason = report.reason;
    });
    this.ended = once(child, 'exit').then(([exitCode, signal]) => {
      return { exitCode, signal, reason: this.#reason };
    });
  }

  static async spawn(settings: HostSettings): Promise<HostProcess> {
    await using errors: FileHandle = await open(`${settings.logPath}.stderr`, 'a');
    const stdio = ['ignore', 'ignore', errors.fd, 'ipc'] as const;
    const child = fork(PROGRAM, [JSON.stringify(settings)], {
      stdio: [...stdio],
      env: {},
      execArgv: [],
    });
    await once(child, 'spawn');
    return new HostProcess(child);
  }

  give(order: Order): void {
    // The other end may be gone, which `ended` tells.
    this.#child.send(order, () => undefined);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended;
  }
}
