import { once } from 'node:events';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeLine, type HostLine } from '@deckhand/protocol';
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import type { Logger } from '../logger.ts';
import type { AgentExit, AgentProcess } from './agent-runtime.ts';
import { isAlreadyDone, isNotFound } from './docker-errors.ts';
import type { EventFeed } from './event-feed.ts';
import type { Leftovers } from './leftovers.ts';
import { firstWithin } from './time-limit.ts';

/** Seconds between SIGTERM and SIGKILL. */
const STOP_GRACE_S = 5;
/** How long the report of the exit and the end of the output may lie apart. */
const LAST_OUTPUT_MS = 2000;
/** Waits between looks at a container whose engine does not answer, milliseconds. */
const LOST_ENGINE_WAITS_MS = [500, 1000, 2000, 4000];
/** How long the engine may take for anything beyond the waits it was told to make. */
const ENGINE_ANSWER_MS = 10_000;

export interface DockerAgentDeps {
  readonly docker: Docker;
  readonly container: Container;
  readonly feed: EventFeed;
  readonly logger: Logger;
  /** Takes the container when it cannot be removed now. */
  readonly leftovers: Pick<Leftovers, 'add'>;
  /** An engine that takes longer to answer counts as lost, milliseconds; 10 s unless told. */
  readonly engineAnswerMs?: number | undefined;
}

interface Streams {
  readonly input: NodeJS.ReadWriteStream | undefined;
  readonly output: NodeJS.ReadableStream;
  /** Rejects when the connection to the engine broke. */
  readonly exit: Promise<unknown>;
  readonly watch: AbortController;
}

/** An agent in a container. Removes the container when it has ended, unless it was let go of before. */
export class DockerAgent implements AgentProcess {
  readonly id: string;
  readonly exited: Promise<AgentExit>;
  readonly #deps: DockerAgentDeps;
  readonly #streams: Streams;
  readonly #outputEnd: Promise<unknown>;
  #isDetached = false;

  private constructor(deps: DockerAgentDeps, streams: Streams) {
    this.id = deps.container.id;
    this.#deps = deps;
    this.#streams = streams;
    this.#outputEnd = readOutput(deps, streams.output);
    streams.input?.on('error', (error: Error) => {
      deps.logger.debug({ err: error, id: this.id }, 'agent input failed');
    });
    const exited = Promise.withResolvers<AgentExit>();
    this.exited = exited.promise;
    void this.#untilExit().then((exit) => {
      // The engine leaves an attached input open after the end, and an open one keeps this host alive.
      destroy(streams.input);
      if (!this.#isDetached) exited.resolve(exit);
    });
  }

  /** Attaches before the start, so that no output is missed. The caller removes the container on failure. */
  static async start(deps: DockerAgentDeps): Promise<DockerAgent> {
    const { container } = deps;
    const attach = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true };
    const stream = await container.attach(attach);
    const watch = new AbortController();
    const exit = container.wait({ condition: 'next-exit', abortSignal: watch.signal });
    const agent = new DockerAgent(deps, { input: stream, output: stream, exit, watch });
    await container.start();
    return agent;
  }

  /** Reads the container's log from its first byte on and follows it. */
  static async adopt(deps: DockerAgentDeps, isRunning: boolean): Promise<DockerAgent> {
    const { container } = deps;
    const input = isRunning
      ? await container.attach({ stream: true, stdin: true, hijack: true })
      : undefined;
    const output = await container.logs({ follow: true, stdout: true, stderr: true });
    const watch = new AbortController();
    const exit = container.wait({ condition: 'not-running', abortSignal: watch.signal });
    return new DockerAgent(deps, { input, output, exit, watch });
  }

  send(line: HostLine): void {
    this.#streams.input?.write(encodeLine(line));
  }

  async stop(reason: string): Promise<void> {
    if (this.#isDetached) return;
    this.#deps.logger.info({ id: this.id, reason }, 'stopping container');
    await this.#requestStop();
    const ended = await firstWithin([this.exited], this.#answerMs);
    // An engine that hangs reports no end either; taken for lost, it gets the container taken from it.
    if (ended === 'timeout') this.#streams.watch.abort();
    await this.exited;
  }

  async detach(): Promise<void> {
    this.#isDetached = true;
    this.#streams.watch.abort();
    for (const stream of [this.#streams.input, this.#streams.output]) destroy(stream);
  }

  get #answerMs(): number {
    return this.#deps.engineAnswerMs ?? ENGINE_ANSWER_MS;
  }

  async #requestStop(): Promise<void> {
    const abortSignal = AbortSignal.timeout(STOP_GRACE_S * 1000 + this.#answerMs);
    try {
      await this.#deps.container.stop({ t: STOP_GRACE_S, abortSignal });
    } catch (error) {
      if (isAlreadyDone(error)) return;
      this.#deps.logger.warn({ err: error, id: this.id }, 'container could not be stopped');
      this.#streams.watch.abort();
    }
  }

  async #untilExit(): Promise<AgentExit> {
    const exit = this.#streams.exit.then(
      () => 'exited' as const,
      (error: unknown) => {
        this.#deps.logger.debug({ err: error, id: this.id }, 'waiting for the exit failed');
        return 'lost' as const;
      },
    );
    const output = this.#outputEnd.then(() => 'output ended' as const);
    let first = await Promise.race([exit, output]);
    // An engine that dies leaves the waiting request without an answer; only the output tells.
    if (first === 'output ended') {
      const settled = await firstWithin([exit], LAST_OUTPUT_MS);
      first = settled === 'timeout' ? 'lost' : settled;
    }
    if (this.#isDetached) return lostExit;
    if (first === 'lost') return this.#settleLost();
    await firstWithin([output], LAST_OUTPUT_MS);
    return this.#finish();
  }

  async #finish(): Promise<AgentExit> {
    try {
      const abortSignal = AbortSignal.timeout(this.#answerMs);
      const { State } = await this.#deps.container.inspect({ abortSignal });
      const isOutOfMemory = State.OOMKilled && State.ExitCode !== 0;
      await this.#remove();
      return { exitCode: State.ExitCode, isOutOfMemory, isLost: false };
    } catch (error) {
      if (isNotFound(error)) return { ...lostExit, isLost: false };
      this.#deps.logger.warn({ err: error, id: this.id }, 'container could not be inspected');
      this.#deps.leftovers.add(this.id);
      return lostExit;
    }
  }

  /** The output is cut, so a container that still runs is of no use any more. */
  async #settleLost(): Promise<AgentExit> {
    this.#deps.logger.warn({ id: this.id }, 'connection to the engine was lost');
    this.#streams.watch.abort();
    for (const waitMs of LOST_ENGINE_WAITS_MS) {
      try {
        await this.#removeForced();
        return lostExit;
      } catch (error) {
        if (isNotFound(error)) return lostExit;
        this.#deps.logger.debug({ err: error, id: this.id }, 'engine does not answer');
      }
      await sleep(waitMs);
    }
    this.#deps.leftovers.add(this.id);
    return lostExit;
  }

  async #remove(): Promise<void> {
    try {
      await this.#removeForced();
    } catch (error) {
      if (isAlreadyDone(error)) return;
      this.#deps.logger.warn({ err: error, id: this.id }, 'container could not be removed');
      this.#deps.leftovers.add(this.id);
    }
  }

  async #removeForced(): Promise<void> {
    const abortSignal = AbortSignal.timeout(this.#answerMs);
    await this.#deps.container.remove({ force: true, abortSignal });
  }
}

const lostExit: AgentExit = { exitCode: undefined, isOutOfMemory: false, isLost: true };

/** Resolves when the output has ended, however it did. */
async function readOutput(deps: DockerAgentDeps, output: NodeJS.ReadableStream): Promise<void> {
  const { feed, logger } = deps;
  deps.docker.modem.demuxStream(
    output,
    sink((chunk) => feed.pushStdout(chunk)),
    sink((chunk) => feed.pushStderr(chunk)),
  );
  try {
    await Promise.race([once(output, 'end'), once(output, 'close')]);
  } catch (error) {
    logger.debug({ err: error, id: deps.container.id }, 'agent output failed');
  }
  feed.end();
}

function sink(push: (chunk: Uint8Array) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      push(chunk);
      done();
    },
  });
}

function destroy(stream: NodeJS.ReadableStream | undefined): void {
  if (stream !== undefined && 'destroy' in stream && typeof stream.destroy === 'function') {
    stream.destroy();
  }
}
