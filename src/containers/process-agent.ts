import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { encodeLine, type HostLine } from '@deckhand/protocol';
import type { Logger } from '../logger.ts';
import type { AgentExit, AgentProcess } from './agent-runtime.ts';
import type { EventFeed } from './event-feed.ts';
import { firstWithin } from './time-limit.ts';

/** Between SIGTERM and SIGKILL. */
const STOP_GRACE_MS = 5000;
/** How long the last output may take after the exit, when something else still holds the pipe. */
const LAST_OUTPUT_MS = 1000;

/** An agent as a child process that leads its own process group. */
export class ProcessAgent implements AgentProcess {
  readonly id: string;
  readonly exited: Promise<AgentExit>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #pid: number;
  readonly #logger: Logger;

  constructor(child: ChildProcessWithoutNullStreams, pid: number, feed: EventFeed, logger: Logger) {
    this.#child = child;
    this.#pid = pid;
    this.#logger = logger;
    this.id = `process:${pid}`;
    child.stdout.on('data', (chunk: Buffer) => feed.pushStdout(chunk));
    child.stderr.on('data', (chunk: Buffer) => feed.pushStderr(chunk));
    child.stdin.on('error', (error) => logger.debug({ err: error }, 'agent input failed'));
    this.exited = this.#untilExit(feed);
  }

  send(line: HostLine): void {
    this.#child.stdin.write(encodeLine(line));
  }

  async stop(reason: string): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#logger.info({ id: this.id, reason }, 'stopping agent process');
      this.#child.kill('SIGTERM');
      const killer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_GRACE_MS);
      await this.exited;
      clearTimeout(killer);
    }
    await this.exited;
  }

  /** A child cannot outlive its pipes in a useful way. */
  detach(): Promise<void> {
    return this.stop('host stops');
  }

  async #untilExit(feed: EventFeed): Promise<AgentExit> {
    const closed = once(this.#child, 'close');
    await once(this.#child, 'exit');
    this.#killGroup();
    await firstWithin([closed], LAST_OUTPUT_MS);
    feed.end();
    const exitCode = this.#child.exitCode ?? undefined;
    return { exitCode, isOutOfMemory: false, isLost: false };
  }

  /** What the agent started and left behind. */
  #killGroup(): void {
    try {
      process.kill(-this.#pid, 'SIGKILL');
    } catch (error) {
      this.#logger.debug({ err: error, id: this.id }, 'no process of the agent is left');
    }
  }
}
