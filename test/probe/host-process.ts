import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HostSample } from './host-sample.ts';
import {
  type LeakKind,
  type ProbeReply,
  type ProbeRequest,
  probeReplySchema,
} from './probe-message.ts';

const PROBE = pathToFileURL(join(import.meta.dirname, 'probe.ts')).href;
/** Of what the host writes to standard error, the end, for the message of an error. */
const STDERR_CHARS = 4_000;

export interface HostProcessOptions {
  /** Absolute path of the program. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One line of the host's log on standard error. */
  readonly onLogLine?: (line: string) => void;
}

/** A host in a process of its own, with the probe in it. Dispose it to end it, by force if it has not ended. */
export class HostProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #stderr = '';

  constructor({ program, args = [], env, onLogLine }: HostProcessOptions) {
    this.#child = fork(program, args, {
      env: { ...env },
      execArgv: ['--expose-gc', '--import', PROBE],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#exited = once(this.#child, 'exit');
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARS);
      for (const line of text.split('\n')) if (line !== '') onLogLine?.(line);
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the host did not start');
    return this.#child.pid;
  }

  send(message: object): void {
    if (this.#child.connected) this.#child.send(message);
  }

  onMessage(call: (message: unknown) => void): void {
    this.#child.on('message', call);
  }

  /** From now on the host keeps one thing more of this kind with each sample. */
  plant(kind: LeakKind): void {
    this.send({ type: 'leak', kind } satisfies ProbeRequest);
  }

  /** Rejects when the host has ended or the signal aborts. */
  async sample(isCollecting: boolean, signal: AbortSignal): Promise<HostSample> {
    const reply = this.#nextReply(signal);
    this.send({ type: 'sample', isCollecting } satisfies ProbeRequest);
    return (await reply).sample;
  }

  /** Asks the host to stop. Resolves with its exit code, null when a signal ended it. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    await this.#exited;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #nextReply(signal: AbortSignal): Promise<ProbeReply> {
    return new Promise((resolve, reject) => {
      const settle = (call: () => void) => {
        this.#child.off('message', onMessage).off('exit', onExit);
        signal.removeEventListener('abort', onAbort);
        call();
      };
      const onMessage = (message: unknown) => {
        const reply = probeReplySchema.safeParse(message);
        if (reply.success) settle(() => resolve(reply.data));
      };
      const onExit = () =>
        settle(() => reject(new Error(`the host has ended: ${this.#stderr || 'without a word'}`)));
      const onAbort = () => settle(() => reject(new Error('stopped', { cause: signal.reason })));
      if (signal.aborted) return onAbort();
      if (this.#child.exitCode !== null) return onExit();
      this.#child.on('message', onMessage).once('exit', onExit);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
